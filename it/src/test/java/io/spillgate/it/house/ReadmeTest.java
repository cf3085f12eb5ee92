package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.spillgate.Gateway;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

final class ReadmeTest {
    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern PARENT =
            Pattern.compile(
                    "<parent>\\s*<groupId>(.*?)</groupId>.*?<version>(.*?)</version>\\s*</parent>"
                            + "\\s*<artifactId>(.*?)</artifactId>",
                    Pattern.DOTALL);

    private final String readme = Project.text(Project.root().resolve("README.md"));

    @Test
    void theExampleOfAnEmbeddedGatewayCompiles(@TempDir Path classes) {
        Matcher block = JAVA.matcher(readme);
        assertThat(block.find()).isTrue();
        String example = block.group(1);
        assertThat(example).contains("Gateway.start(");

        assertThat(problems(inAMethod(example), classes)).isEmpty();
        assertThat(problems(inAMethod(example.replace("httpAddress", "address")), classes))
                .hasSize(1);
    }

    @Test
    void namesTheCoordinatesOfTheCore() {
        Matcher core = PARENT.matcher(Project.text(Project.root().resolve("core/pom.xml")));
        assertThat(core.find()).isTrue();

        assertThat(readme)
                .contains("<groupId>" + core.group(1) + "</groupId>")
                .contains("<artifactId>" + core.group(3) + "</artifactId>")
                .contains("<version>" + core.group(2) + "</version>");
    }

    private static String inAMethod(String statements) {
        return """
        import io.spillgate.Gateway;
        import io.spillgate.config.GatewayConfig;
        import java.util.List;

        class Example {
            void run() throws Exception {
        %s
            }
        }
        """
                .formatted(statements);
    }

    private static List<String> problems(String source, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> told = new DiagnosticCollector<>();
        String core = Gateway.class.getProtectionDomain().getCodeSource().getLocation().getPath();
        boolean compiled =
                compiler.getTask(
                                null,
                                null,
                                told,
                                List.of("-proc:none", "-cp", core, "-d", classes.toString()),
                                null,
                                List.of(new Source(source)))
                        .call();
        List<String> errors =
                told.getDiagnostics().stream()
                        .filter(one -> one.getKind() == Diagnostic.Kind.ERROR)
                        .map(Object::toString)
                        .toList();
        assertThat(errors.isEmpty()).isEqualTo(compiled);
        return errors;
    }

    /// A source that is no file.
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String text) {
            super(URI.create("string:///Example.java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
