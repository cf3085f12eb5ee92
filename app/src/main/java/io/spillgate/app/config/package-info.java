/// Reads configuration files, the environment and `--set` into the records of
/// `io.spillgate.config`.
@org.jspecify.annotations.NullMarked
package io.spillgate.app.config;
