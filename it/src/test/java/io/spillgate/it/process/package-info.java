/// The program in a process of its own, as an operator meets it.
@NullMarked
package io.spillgate.it.process;

import org.jspecify.annotations.NullMarked;
