package io.spillgate.it.house;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.DoWhileLoopTree;
import com.sun.source.tree.EnhancedForLoopTree;
import com.sun.source.tree.ForLoopTree;
import com.sun.source.tree.IfTree;
import com.sun.source.tree.LambdaExpressionTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.SwitchTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.TryTree;
import com.sun.source.tree.WhileLoopTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/// How large a source and its methods are, as the compiler's own syntax tree sees them.
final class Size {
    private static final int MAX_FILE_LINES = 400;
    private static final int MAX_METHOD_LINES = 60;
    private static final int MAX_NESTING = 3;

    private Size() {}

    /// What is too large in a source, one sentence each; tests may nest as their threads and rounds
    /// ask for.
    ///
    /// @param name its path below the root
    static List<String> problems(String name, String source) {
        List<String> problems = new ArrayList<>();
        long lines = source.lines().count();
        if (lines > MAX_FILE_LINES) {
            problems.add(name + " has " + lines + " lines, at most " + MAX_FILE_LINES);
        }
        for (Method method : methods(source)) {
            String place = name + ":" + method.line + ": " + method.name;
            if (method.lines > MAX_METHOD_LINES) {
                problems.add(place + " has " + method.lines + " lines, at most 60");
            }
            if (method.nesting > MAX_NESTING && !name.contains("src/test/")) {
                problems.add(place + " nests " + method.nesting + " deep, at most 3");
            }
        }
        return problems;
    }

    private static List<Method> methods(String source) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> options = List.of("-proc:none");
        List<Text> sources = List.of(new Text(source));
        JavacTask task = (JavacTask) compiler.getTask(null, null, null, options, null, sources);
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            Methods scanner = new Methods(unit, Trees.instance(task).getSourcePositions());
            scanner.scan(unit, 0);
            return scanner.found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Method(String name, long line, long lines, int nesting) {}

    /// Collects every method; a branch, loop, switch, try or lambda block inside another is nested.
    ///
    /// The value handed down is the depth of the tree that is being looked at.
    private static final class Methods extends TreeScanner<@Nullable Void, Integer> {
        private final LineMap map;
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final List<Method> found = new ArrayList<>();
        private int deepest;

        private Methods(CompilationUnitTree unit, SourcePositions positions) {
            this.unit = unit;
            this.map = unit.getLineMap();
            this.positions = positions;
        }

        @Override
        public @Nullable Void scan(@Nullable Tree tree, Integer depth) {
            int inside = tree != null && nests(tree) ? depth + 1 : depth;
            deepest = Math.max(deepest, inside);
            return super.scan(tree, inside);
        }

        @Override
        public @Nullable Void visitIf(IfTree tree, Integer depth) {
            scan(tree.getCondition(), depth);
            scan(tree.getThenStatement(), depth);
            boolean chained = tree.getElseStatement() instanceof IfTree;
            return scan(tree.getElseStatement(), chained ? depth - 1 : depth);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, Integer depth) {
            int outer = deepest;
            deepest = 0;
            super.visitMethod(method, 0);
            long first = map.getLineNumber(positions.getStartPosition(unit, method));
            long last = map.getLineNumber(positions.getEndPosition(unit, method));
            found.add(new Method(method.getName().toString(), first, last - first + 1, deepest));
            deepest = outer;
            return null;
        }

        private static boolean nests(Tree tree) {
            return switch (tree) {
                case IfTree _,
                        ForLoopTree _,
                        EnhancedForLoopTree _,
                        WhileLoopTree _,
                        DoWhileLoopTree _,
                        SwitchTree _,
                        TryTree _ ->
                        true;
                case LambdaExpressionTree lambda ->
                        lambda.getBodyKind() == LambdaExpressionTree.BodyKind.STATEMENT;
                default -> false;
            };
        }
    }

    private static final class Text extends SimpleJavaFileObject {
        private final String source;

        private Text(String source) {
            super(URI.create("string:///Source.java"), Kind.SOURCE);
            this.source = source;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
        }
    }
}
