/// Micro benchmarks; each answers one question about a hot path.
@org.jspecify.annotations.NullMarked
package io.spillgate.bench;
