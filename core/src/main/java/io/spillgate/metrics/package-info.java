/// One enum row for each number; per-thread cells, summed when scraped.
@org.jspecify.annotations.NullMarked
package io.spillgate.metrics;
