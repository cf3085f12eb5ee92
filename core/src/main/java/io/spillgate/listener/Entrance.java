package io.spillgate.listener;

import io.spillgate.config.BindAddress;
import io.spillgate.http.tls.ServerTls;

import org.jspecify.annotations.Nullable;

/// One way into a listener.
///
/// @param name how it is called where it is announced: `http`, `https`, `admin`
/// @param address where it binds
/// @param tls how TLS is spoken there; null = plain HTTP
record Entrance(String name, BindAddress address, @Nullable ServerTls tls) {}
