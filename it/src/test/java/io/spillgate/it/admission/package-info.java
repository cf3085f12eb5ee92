/// Admission as clients see it: who runs, who waits, who is refused, and that no place gets lost.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.admission;
