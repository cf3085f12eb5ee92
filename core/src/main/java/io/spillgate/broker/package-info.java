/// Who orders events and keeps them.
@org.jspecify.annotations.NullMarked
package io.spillgate.broker;
