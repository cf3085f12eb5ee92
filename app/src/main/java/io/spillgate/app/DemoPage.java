package io.spillgate.app;

import io.spillgate.config.BindAddress;
import io.spillgate.config.GatewayConfig;
import io.spillgate.config.ReplyConfig;
import io.spillgate.config.RouteConfig;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The page at `/` of a gateway without a configuration file: shows events as a browser receives
/// them.
final class DemoPage {
    private DemoPage() {}

    /// The route that answers with the page, filled in with where this gateway subscribes and
    /// publishes.
    static RouteConfig route(GatewayConfig config) {
        String page =
                template()
                        .replace("{{hub-path}}", config.hub().path())
                        .replace("{{publish-url}}", escape(publishUrl(config)));
        ReplyConfig reply = new ReplyConfig(200, "text/html; charset=utf-8", page);
        return RouteConfig.replying("/", reply);
    }

    private static String publishUrl(GatewayConfig config) {
        BindAddress admin = config.admin().bindAddress();
        String where = admin.port() > 0 ? admin.toString() : "ADMIN-ADDRESS";
        return "http://" + where + config.hub().path();
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }

    private static String template() {
        try (InputStream in = DemoPage.class.getResourceAsStream("demo.html")) {
            if (in == null) {
                throw new IllegalStateException("demo.html is missing in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
