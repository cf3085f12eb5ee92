package io.spillgate.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.spillgate.client.pool.AddressId;
import io.spillgate.client.pool.Call;
import io.spillgate.client.pool.Wish;
import io.spillgate.config.AffinityConfig;

import org.jspecify.annotations.Nullable;

import java.util.OptionalLong;

/// What keeps a request at the address of its destination where the earlier ones of its kind went.
/// Immutable.
///
/// A cookie that the gateway has set names the address. Any other key is hashed, a cookie of the
/// application's own, too, which is never set here.
public final class Affinity {
    private static final String HTTPS = "https";

    private final @Nullable Wish wish;
    private final @Nullable String cookie;
    private final @Nullable String named;
    private final boolean secure;

    private Affinity(
            @Nullable Wish wish, @Nullable String cookie, @Nullable String named, boolean secure) {
        this.wish = wish;
        this.cookie = cookie;
        this.named = named;
        this.secure = secure;
    }

    /// The affinity of a request.
    ///
    /// @param client a number for the client's address; empty when it has none
    public static Affinity of(
            AffinityConfig rule, HttpHeaders received, Sender from, OptionalLong client) {
        return switch (rule.kind()) {
            case ADDRESS -> keyed(client.isPresent() ? Wish.key(client.getAsLong()) : null);
            case HEADER -> keyed(hashed(received.get(rule.name())));
            case COOKIE -> {
                String value = cookie(received, rule.name());
                if (value != null && !AddressId.isOne(value)) {
                    yield keyed(hashed(value));
                }
                Wish address = value == null ? null : Wish.address(value);
                yield new Affinity(
                        address,
                        rule.name(),
                        value,
                        HeaderRules.askedScheme(received, from).equalsIgnoreCase(HTTPS));
            }
        };
    }

    /// To which address the request is to go; null when it does not matter.
    @Nullable Wish wish() {
        return wish;
    }

    /// Has an answer set the cookie, if the client has none for the address that answers, and the
    /// backend sets none of that name.
    ///
    /// @param affinity of the request; null when it has none
    /// @param answering null when that is not known
    /// @param fields as they came from the backend
    static void mark(@Nullable Affinity affinity, @Nullable Call answering, HttpHeaders fields) {
        if (affinity != null && affinity.cookie != null && answering != null) {
            affinity.set(affinity.cookie, answering.address(), fields);
        }
    }

    private void set(String name, @Nullable String address, HttpHeaders fields) {
        boolean known = address == null || address.equals(named);
        if (known || isSet(name, fields)) {
            return;
        }
        String line = name + "=" + address + "; Path=/; HttpOnly; SameSite=Lax";
        fields.add(HttpHeaderNames.SET_COOKIE, secure ? line + "; Secure" : line);
    }

    private static boolean isSet(String name, HttpHeaders fields) {
        return fields.getAll(HttpHeaderNames.SET_COOKIE).stream()
                .anyMatch(pair -> value(pair, name) != null);
    }

    private static Affinity keyed(@Nullable Wish wish) {
        return new Affinity(wish, null, null, false);
    }

    private static @Nullable Wish hashed(@Nullable String key) {
        return key == null || key.isEmpty() ? null : Wish.key(key);
    }

    /// The value of the first cookie of this name that has one (RFC 6265 section 5.4); null when
    /// there is none.
    private static @Nullable String cookie(HttpHeaders received, String name) {
        for (String line : received.getAll(HttpHeaderNames.COOKIE)) {
            for (String pair : line.split(";", -1)) {
                String value = value(pair, name);
                if (value != null && !value.isEmpty()) {
                    return value;
                }
            }
        }
        return null;
    }

    /// What stands behind `name=`; null when something else stands there.
    private static @Nullable String value(String pair, String name) {
        int equals = pair.indexOf('=');
        return equals >= 0 && pair.substring(0, equals).strip().equals(name)
                ? pair.substring(equals + 1).strip()
                : null;
    }
}
