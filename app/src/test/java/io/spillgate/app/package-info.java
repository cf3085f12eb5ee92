@org.jspecify.annotations.NullMarked
package io.spillgate.app;
