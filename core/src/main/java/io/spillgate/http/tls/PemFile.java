package io.spillgate.http.tls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A file of PEM blocks (RFC 7468, with the headers of RFC 1421 that old keys have). Text around
/// the blocks is passed over.
///
/// @param blocks in their order
record PemFile(GivenFile file, List<Block> blocks) {
    private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
    private static final String BORDER = "-----";
    private static final String BYTE_ORDER_MARK = "\u00EF\u00BB\u00BF";
    private static final int MAX_LABELS = 5;

    /// One block.
    ///
    /// @param label what its first line says that it is
    /// @param line number of its first line
    /// @param headers as they are; mostly empty
    /// @param base64 its content
    record Block(String label, int line, String headers, String base64) {
        boolean isCertificate() {
            return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
        }

        boolean isKey() {
            return label.endsWith("PRIVATE KEY");
        }

        boolean isEncrypted() {
            return label.startsWith("ENCRYPTED ") || headers.contains("ENCRYPTED");
        }

        @Override
        public String toString() {
            return "the " + label + " in line " + line;
        }
    }

    /// Finds the blocks; what is in them is not looked at.
    static PemFile of(GivenFile file) throws CertificateFault {
        List<Block> blocks = new ArrayList<>();
        String text = new String(file.bytes(), StandardCharsets.ISO_8859_1);
        int start = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length() : 0;
        List<String> lines = text.substring(start).lines().toList();
        int line = 0;
        while (line < lines.size()) {
            Matcher begin = BEGIN.matcher(lines.get(line).strip());
            line++;
            if (begin.matches()) {
                int end = end(lines, line);
                Block block = block(begin.group(1), line, lines.subList(line, end));
                String last = end < lines.size() ? lines.get(end).strip() : "";
                if (!last.equals("-----END " + block.label + BORDER)) {
                    throw file.damaged(
                            block.toString(), new GeneralSecurityException("it has no end"));
                }
                blocks.add(block);
                line = end + 1;
            }
        }
        return new PemFile(file, List.copyOf(blocks));
    }

    private static int end(List<String> lines, int start) {
        int end = start;
        while (end < lines.size() && !lines.get(end).strip().startsWith(BORDER)) {
            end++;
        }
        return end;
    }

    private static Block block(String label, int line, List<String> lines) {
        StringBuilder headers = new StringBuilder();
        StringBuilder base64 = new StringBuilder();
        for (String part : lines) {
            if (part.contains(":")) {
                headers.append(part.strip()).append('\n');
            } else {
                base64.append(part.strip());
            }
        }
        return new Block(label, line, headers.toString(), base64.toString());
    }

    /// What kinds of blocks there are, to be told.
    String found() {
        if (blocks.isEmpty()) {
            return "no PEM block at all";
        }
        return blocks.stream()
                .map(Block::label)
                .distinct()
                .limit(MAX_LABELS)
                .collect(Collectors.joining(", ", "only ", ""));
    }

    /// The content of a block.
    byte[] der(Block block) throws CertificateFault {
        try {
            return Base64.getDecoder().decode(block.base64);
        } catch (IllegalArgumentException e) {
            throw file.damaged(block.toString(), e);
        }
    }
}
