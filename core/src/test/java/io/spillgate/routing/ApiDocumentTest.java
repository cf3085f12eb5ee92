package io.spillgate.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.spillgate.config.GatewayConfig;
import io.spillgate.http.RequestRefusal;
import io.spillgate.log.ResumePoint;
import io.spillgate.metrics.Counter;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `docs/api.md` says what the code does, no more and no less.
final class ApiDocumentTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "."));
    private static final Pattern REQUEST =
            Pattern.compile("(?m)^\\| `([A-Z]+) (/\\S+)` \\| (.+?) \\|");
    private static final Pattern PARAMETER =
            Pattern.compile("(?m)^\\| `([A-Za-z_-]+)` \\| (?:subscribe|publish|`GET /events`) \\|");
    private static final Pattern REFUSAL =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([0-9, ]+) \\|");
    private static final Pattern GAP = Pattern.compile("(?m)^\\| `([a-z]+)` \\| [^|0-9]+ \\|$");

    private final String document;

    ApiDocumentTest() throws IOException {
        document = Files.readString(ROOT.resolve("../docs/api.md"));
    }

    @Test
    void everyRequestIsAnsweredOnTheListenersThatItNames() {
        Matcher rows = REQUEST.matcher(document);
        int found = 0;
        while (rows.find()) {
            found++;
            String target = rows.group(2).replace("{topic}", "news");
            assertThat(answers(Router.admin(GatewayConfig.DEFAULT), rows.group(1), target))
                    .as(rows.group())
                    .isTrue();
            assertThat(answers(Router.open(GatewayConfig.DEFAULT), rows.group(1), target))
                    .as(rows.group())
                    .isEqualTo(rows.group(3).contains("public"));
        }
        assertThat(found).isEqualTo(12);
    }

    @Test
    void everyCommandIsThere() {
        for (Route.Command command : Route.Command.values()) {
            assertThat(document).contains(" /" + Counter.label(command) + "`");
        }
    }

    @Test
    void everyParameterIsThereAndNoOther() throws IOException {
        String code =
                Files.readString(ROOT.resolve("src/main/java/io/spillgate/routing/HubPaths.java"));
        Set<String> read = found(Pattern.compile("all\\(\"(\\w+)\"\\)"), code);
        read.addAll(
                found(Pattern.compile("\"(last_event_id|lastEventI[dD]|Last-[\\w-]+)\""), code));
        assertThat(found(PARAMETER, document)).isEqualTo(read);
    }

    @Test
    void everyRefusalIsThereAndNoOther() {
        assertThat(found(REFUSAL, document)).isEqualTo(labels(RequestRefusal.values()));
    }

    @Test
    void everyReasonOfAGapIsThereAndNoOther() {
        Set<String> reasons = labels(ResumePoint.Reason.values());
        reasons.add("overflow");
        assertThat(found(GAP, document)).isEqualTo(reasons);
    }

    private static boolean answers(Router router, String method, String target) {
        RequestTarget parsed = RequestTarget.parse(target);
        if (router.reserved(parsed.path()) != null) {
            return true;
        }
        Route route = router.route(method, "test", parsed, EmptyHttpHeaders.INSTANCE);
        return !(route instanceof Route.Unknown
                || route instanceof Route.WrongMethod
                || route instanceof Route.Invalid);
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> labels(Enum<?>[] values) {
        return Stream.of(values).map(Counter::label).collect(Collectors.toCollection(TreeSet::new));
    }
}
