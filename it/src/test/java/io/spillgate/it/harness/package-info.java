/// What the black-box tests are made of: a started gateway, and clients that show every byte.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.harness;
