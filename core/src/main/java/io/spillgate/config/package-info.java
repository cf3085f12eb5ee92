/// The configuration as immutable records. Nothing here reads a file.
@org.jspecify.annotations.NullMarked
package io.spillgate.config;
