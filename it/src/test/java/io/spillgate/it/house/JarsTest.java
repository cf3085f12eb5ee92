package io.spillgate.it.house;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// What a build leaves for repositories: the jars and their metadata.
final class JarsTest {
    private static final String CORE = "core/target/spillgate-core-VERSION";
    private static final Pattern VERSION = Pattern.compile("<version>(.*?)</version>");
    private static final String APP = "app/target/spillgate/lib/spillgate-app";

    @ParameterizedTest
    @CsvSource({CORE + ",io.spillgate.core", APP + ",io.spillgate.app"})
    void eachIsAModuleWithAName(String jar, String name) {
        ModuleDescriptor module =
                ModuleFinder.of(packaged(jar + ".jar")).findAll().iterator().next().descriptor();
        assertThat(module.name()).isEqualTo(name);
        assertThat(module.packages()).allMatch(held -> held.startsWith("io.spillgate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {CORE, CORE + "-sources", CORE + "-javadoc", APP})
    void eachHasTheLicence(String jar) throws IOException {
        String licence = Project.text(Project.root().resolve("LICENSE"));
        assertThat(text(jar + ".jar", "META-INF/LICENSE")).isEqualTo(licence);
    }

    @Test
    void theLibraryComesWithItsSourcesAndTheirDocumentation() throws IOException {
        String gateway = "io/spillgate/Gateway";
        String source =
                Project.text(Project.root().resolve("core/src/main/java/" + gateway + ".java"));
        assertThat(text(CORE + "-sources.jar", gateway + ".java")).isEqualTo(source);
        assertThat(text(CORE + "-javadoc.jar", gateway + ".html"))
                .contains("Binds the listeners and starts to serve.");
    }

    @Test
    void theMetadataIsWhatRepositoriesAskFor() {
        String all = Project.text(Project.root().resolve("pom.xml"));
        assertThat(all)
                .contains("<licenses>", "<name>Apache-2.0</name>", "<developers>")
                .contains("<description>");
        for (String module : new String[] {"core", "app"}) {
            assertThat(Project.text(Project.root().resolve(module + "/pom.xml")))
                    .contains("<name>Spillgate " + module + "</name>", "<description>");
        }
    }

    private static Path packaged(String jar) {
        Matcher version = VERSION.matcher(Project.text(Project.root().resolve("core/pom.xml")));
        assertThat(version.find()).isTrue();
        Path file = Project.root().resolve(jar.replace("VERSION", version.group(1)));
        assumeTrue(Files.exists(file), "nothing is packaged yet: mvn package");
        return file;
    }

    private static String text(String jar, String entry) throws IOException {
        try (ZipFile zip = new ZipFile(packaged(jar).toFile())) {
            ZipEntry found = zip.getEntry(entry);
            assertThat(found).as(entry + " in " + jar).isNotNull();
            try (InputStream in = zip.getInputStream(found)) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
