/// The rules of the house, as tests: form, size, arrows between packages, words.
@org.jspecify.annotations.NullMarked
package io.spillgate.it.house;
