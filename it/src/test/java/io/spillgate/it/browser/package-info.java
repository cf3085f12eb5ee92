/// A real browser as the subscriber.
@NullMarked
package io.spillgate.it.browser;

import org.jspecify.annotations.NullMarked;
