/// Publishing and subscribing for the program that has started the gateway, without HTTP.
@org.jspecify.annotations.NullMarked
package io.spillgate.local;
