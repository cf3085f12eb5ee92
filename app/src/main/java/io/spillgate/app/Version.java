package io.spillgate.app;

import io.spillgate.config.Build;

import picocli.CommandLine.IVersionProvider;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// What this build is made of.
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {line()};
    }

    /// For example `spillgate 1.0 (netty 4.2, java 25)`.
    static String line() {
        Properties build = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing in this build");
            }
            build.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "spillgate %s (netty %s, java %s)"
                .formatted(Build.version(), build.getProperty("netty"), Runtime.version());
    }
}
