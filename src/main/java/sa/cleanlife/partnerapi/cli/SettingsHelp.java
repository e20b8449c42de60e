package sa.cleanlife.partnerapi.cli;

import static picocli.CommandLine.Model.UsageMessageSpec.SECTION_KEY_FOOTER;

import picocli.CommandLine;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import sa.cleanlife.partnerapi.Setting;

/** The part of a command's help that lists the settings. */
final class SettingsHelp {
    private static final int INDENT = 6;

    private SettingsHelp() {}

    static void addTo(CommandLine command) {
        command.getHelpSectionMap().put(SECTION_KEY_FOOTER, SettingsHelp::of);
    }

    private static String of(CommandLine.Help help) {
        var usage = help.commandSpec().usageMessage();
        var names = new Column(usage.width(), 2, Overflow.SPAN);
        var text = new StringBuilder("%nSettings, as environment variables:%n".formatted());
        for (var setting : Setting.values()) {
            var unset = setting.defaultText().isEmpty() ? "" : " (default: " + setting.defaultText() + ")";
            text.append(line(help, names, setting.variable() + unset));
            text.append(line(help, new Column(usage.width(), INDENT, Overflow.WRAP), setting.description()));
        }
        return text.toString();
    }

    private static String line(CommandLine.Help help, Column column, String words) {
        var table = TextTable.forColumns(help.colorScheme(), column);
        table.addRowValues(words);
        return table.toString();
    }
}
