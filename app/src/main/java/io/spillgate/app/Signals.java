package io.spillgate.app;

import org.jspecify.annotations.Nullable;

import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/// Operating system signals, by way of `sun.misc.Signal` of the module `jdk.unsupported`.
///
/// Reached by reflection: the compiler warns of the class in a way that cannot be suppressed, and
/// the JDK offers nothing else that handles SIGHUP or sets the exit status after SIGTERM.
final class Signals {
    private Signals() {}

    /// Runs the action on a new thread each time one of the signals arrives, instead of what the
    /// JVM does.
    ///
    /// A signal that the process was started to ignore (SIGHUP under `nohup`) stays ignored.
    ///
    /// @param action gets the signal's name
    /// @param names without `SIG`: `TERM`, `INT`, `HUP`
    static void handle(Consumer<String> action, String... names) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(
                            Signals.class.getClassLoader(),
                            new Class<?>[] {handler},
                            (_, _, arguments) -> handled(action, arguments[0]));
            for (String name : names) {
                Object instance = signal.getConstructor(String.class).newInstance(name);
                signal.getMethod("handle", signal, handler).invoke(null, instance, ours);
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signals on this JVM", e);
        }
    }

    /// The JVM calls nothing but `handle`, whose argument prints as the signal's name.
    private static @Nullable Object handled(Consumer<String> action, Object signal) {
        action.accept(signal.toString().replaceFirst("^SIG", ""));
        return null;
    }
}
