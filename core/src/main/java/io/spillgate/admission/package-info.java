/// How many requests run at once, who waits, and who is refused.
@org.jspecify.annotations.NullMarked
package io.spillgate.admission;
