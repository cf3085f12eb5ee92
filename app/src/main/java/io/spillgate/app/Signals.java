package io.spillgate.app;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/// Operating system signals, by way of `sun.misc.Signal` of the module `jdk.unsupported`.
///
/// Reached by reflection: the compiler warns of the class in a way that cannot be suppressed, and
/// the JDK offers nothing else that handles SIGHUP or sets the exit status after SIGTERM.
final class Signals {
    private Signals() {}

    /// Runs the action on a new thread each time the signal arrives, instead of what the JVM does.
    ///
    /// A signal that the process was started to ignore (SIGHUP under `nohup`) stays ignored.
    ///
    /// @param name without `SIG`: `TERM`, `INT`, `HUP`
    static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            MethodHandle run =
                    MethodHandles.lookup()
                            .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                            .bindTo(action);
            Object wrapped =
                    MethodHandleProxies.asInterfaceInstance(
                            handler, MethodHandles.dropArguments(run, 0, signal));
            Object instance = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, instance, wrapped);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle SIG" + name + " on this JVM", e);
        }
    }
}
