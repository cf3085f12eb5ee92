package io.spillgate.it.browser;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigUtil;

import io.spillgate.it.harness.Await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;

/// One tab of a browser.
final class Page implements AutoCloseable {
    private final DevTools tools;
    private final String target;
    private final String session;

    Page(DevTools tools, String target, String session) {
        this.tools = tools;
        this.target = target;
        this.session = session;
        tools.call(session, "Debugger.enable", Map.of());
    }

    /// Loads another address, and waits until the page and its scripts are there.
    void navigate(String url) {
        tools.call(session, "Page.navigate", Map.of("url", url));
        await(
                "the page is loaded",
                "document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    /// The value of an expression, as a text.
    String evaluate(String expression) {
        Map<String, ?> parameters =
                Map.of("expression", "String(" + expression + ")", "returnByValue", true);
        Config answer = tools.call(session, "Runtime.evaluate", parameters);
        if (answer.hasPath("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.getConfig("exceptionDetails"));
        }
        return answer.getString("result.value");
    }

    /// Waits until a condition holds in the page.
    ///
    /// @param what completes the sentence "did not see that ..."
    void await(String what, String condition) {
        try {
            Await.until(what, () -> evaluate(condition).equals("true"));
        } catch (AssertionError e) {
            String seen = evaluate("document.body ? document.body.innerText : 'no page'");
            throw new AssertionError(
                    e.getMessage() + "; see " + screenshot() + "; the page says: " + seen, e);
        }
    }

    /// Waits until an element shows a text somewhere inside.
    void awaitText(String selector, String text) {
        String elements = "[...document.querySelectorAll(" + quote(selector) + ")]";
        await(
                selector + " shows " + text,
                elements + ".some(e => e.innerText.includes(" + quote(text) + "))");
    }

    /// The visible text of the first element.
    String text(String selector) {
        return evaluate("document.querySelector(" + quote(selector) + ").innerText");
    }

    /// How many elements there are.
    int count(String selector) {
        return Integer.parseInt(
                evaluate("document.querySelectorAll(" + quote(selector) + ").length"));
    }

    /// Replaces the text of a field by keys, as a person does.
    void type(String selector, String text) {
        evaluate("document.querySelector(" + quote(selector) + ").select()");
        tools.call(session, "Input.insertText", Map.of("text", text));
    }

    /// Clicks on the middle of an element.
    void click(String selector) {
        String box = "document.querySelector(" + quote(selector) + ").getBoundingClientRect()";
        double x = Double.parseDouble(evaluate(box + ".x + " + box + ".width / 2"));
        double y = Double.parseDouble(evaluate(box + ".y + " + box + ".height / 2"));
        mouse("mousePressed", x, y);
        mouse("mouseReleased", x, y);
    }

    /// Shows the page as on a phone of this size, in pixels of CSS.
    void resize(int width, int height) {
        tools.call(
                session,
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", true));
    }

    /// Stops the page: its scripts do not run and its connections are not read, until [#goOn()].
    void stop() {
        tools.call(session, "Debugger.pause", Map.of());
        tools.post(session, "Runtime.evaluate", Map.of("expression", "0"));
    }

    /// Lets a stopped page go on.
    void goOn() {
        tools.call(session, "Debugger.resume", Map.of());
    }

    @Override
    public void close() {
        tools.call("Target.closeTarget", Map.of("targetId", target));
    }

    /// Saves what is visible as an image.
    private Path screenshot() {
        Config shot = tools.call(session, "Page.captureScreenshot", Map.of("format", "png"));
        Path file = Path.of("target", "page-" + target + ".png").toAbsolutePath();
        try {
            return Files.write(file, Base64.getDecoder().decode(shot.getString("data")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void mouse(String type, double x, double y) {
        Map<String, ?> event =
                Map.of("type", type, "x", x, "y", y, "button", "left", "clickCount", 1);
        tools.call(session, "Input.dispatchMouseEvent", event);
    }

    private static String quote(String text) {
        return ConfigUtil.quoteString(text);
    }
}
