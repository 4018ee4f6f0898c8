/** Command injection: something that separates commands, then what a shell would run. */
import { programs, type ReadCommand, readCommand, wordPrograms, wrappers } from './commands.ts';
import type { Findings } from './findings.ts';
import { linear, wordSet, words } from './linear.ts';
import { isProse } from './prose.ts';
import { mark, type Part } from './request-parts.ts';

const family = 'command-injection';
const MAX_SEPARATORS = 256;

/** What follows a word so that it is a program's argument and not the next word of a sentence. */
const argument =
  /^(?:\s{0,8}|\$ifs(?:\$[0-9])?|\$\{ifs\}|,)(?:-{1,2}[a-z0-9]|[/~.][/\w.*?$-]|[a-z]:\\|\$[({a-z_@]|[<>|]|&&|;|`|"|'|\\|\d{1,3}\.\d|https?:|@|\*|%[a-z]|\{|%\{|\s{1,8}[\w-]{1,32}\.(?:sh|py|pl|rb|php|bat|ps1|exe|txt|log|conf|cfg|sql|vbs|jar)\b)/;
const unixPath = /^["']?\s{1,8}\/(?:var|etc|usr|tmp|home|root|opt|bin|dev|proc|sys|mnt|srv|lib|boot|run)\b/;
const callArgument = /^\s{1,8}[\w./:~-]{1,64}\s{0,4}(?:$|[;|&)>`"'#])/;

interface Separator {
  /** How much it says by itself that a shell is meant: 3 `$(`, 2 `;` `||` `&&` line break, 1 `|` `&`. */
  weight: number;
  name: string;
}

function separatorAt(lower: string, at: number): Separator | undefined {
  const next = lower.charAt(at + 1);
  switch (lower.charAt(at)) {
    case ';':
      return { weight: 2, name: ';' };
    case '|':
      return next === '|' ? { weight: 2, name: '||' } : { weight: 1, name: '|' };
    case '&':
      return next === '&' ? { weight: 2, name: '&&' } : { weight: 1, name: '&' };
    case '\n':
    case '\r':
      return { weight: 1, name: 'a line break' };
    case '`':
      return { weight: 2, name: '`' };
    case '$':
      return next === '(' ? { weight: 3, name: '$(' } : undefined;
    case '<':
    case '>':
      return next === '(' ? { weight: 3, name: '<(' } : undefined;
    default:
      return undefined;
  }
}

function judgeCommand(
  part: Part,
  command: ReadCommand,
  before: Separator | undefined,
  from: number,
  prose: boolean,
  findings: Findings,
): void {
  const { lower } = part;
  const rest = lower.slice(command.end, command.end + 160);
  const isKnown =
    programs.has(command.name) ||
    programs.has(command.name.replace(/(?:\.exe|[0-9.]{1,4})$/, '')) ||
    /^(?:python|perl|php|ruby|node|lua)[23578](?:\.\d{1,2})?$/.test(command.name);
  const isWord = !isKnown && wordPrograms.has(command.name);
  const how = before === undefined ? 'at the beginning' : `behind ${before.name}`;
  const hasArgument = argument.test(rest);
  const isEnd = /^\s{0,8}(?:$|[;|&)`#}"'\n\r]|%0a)/.test(rest);
  if (command.pattern) {
    if (
      command.absolute &&
      /^[a-z0-9.?*[\]-]{1,32}$/.test(command.name) &&
      (lower.includes('/?') ||
        lower.includes('?/') ||
        lower.includes('*/') ||
        /[?*\]][a-z?*[]{1,16}/.test(command.name)) &&
      before !== undefined
    )
      findings.add(family, 5, `a program as a pattern ${how}`, part, from);
    else if (/^\/(?:bin|usr|[?*[\]a-z]{2,6})\/[a-z0-9?*[\]/]{2,24}/.test(lower.slice(from).trimStart()))
      findings.add(family, 5, 'a program as a pattern', part, from);
    return;
  }
  if (!isKnown && !isWord) {
    if (before !== undefined && before.weight === 3 && before.name === '$(' && !prose)
      findings.add(family, 4, 'a command within $( )', part, from);
    return;
  }
  const what = `${command.name} ${how}`;
  if (command.name === 'for' && batchFor.test(rest)) findings.add(family, 5, 'a loop of cmd.exe', part, from);
  if (command.name === 'if' && batchIf.test(rest))
    findings.add(family, 5, 'a condition of cmd.exe', part, from);
  if (wrappers.has(command.name) && /^["']?\s/.test(rest)) {
    const inner = readCommand(lower, command.end + (/^["']/.test(rest) ? 1 : 0));
    if (
      inner !== undefined &&
      (programs.has(inner.name) ||
        inner.name === 'who' ||
        inner.name === 'curl' ||
        (inner.disguised && wordPrograms.has(inner.name))) &&
      inner.name !== command.name
    )
      findings.add(
        family,
        programs.has(inner.name) || before !== undefined || lower.length > inner.end || inner.name === 'who'
          ? 5
          : 3,
        `${what}, which runs ${inner.name}`,
        part,
        from,
      );
  }
  if (command.disguised) {
    findings.add(
      family,
      before === undefined && isWord && isEnd ? 3 : 5,
      `the disguised command ${what}`,
      part,
      from,
    );
    return;
  }
  if (command.absolute && lower.slice(from, command.end).includes('bin/')) {
    findings.add(family, 5, `the command ${what}`, part, from);
    return;
  }
  const isShort = before !== undefined && from <= 2;
  if (before === undefined) {
    if (unixPath.test(rest)) findings.add(family, 5, `the command ${what}`, part, from);
    else if (hasArgument && !/^\s{0,8}['"&]/.test(rest) && (isKnown || !/^\s{0,8}[;|`*@]/.test(rest)))
      findings.add(
        family,
        isKnown || (/^\s{1,4}-{1,2}[a-z0-9]/.test(rest) && !prose) ? 5 : prose ? 2 : 4,
        `the command ${what}`,
        part,
        from,
      );
    else if (isKnown && /^\s{1,8}[\w./:~-]/.test(rest))
      findings.add(
        family,
        !/^[a-z\s"']{0,200}$/.test(lower) && (callArgument.test(rest) || !prose) ? 5 : 3,
        `the command ${what}`,
        part,
        from,
      );
    else if (isKnown && isEnd) findings.add(family, 2, `the command ${what}`, part, from);
    return;
  }
  let points = isKnown ? 4 : 2;
  if (hasArgument) points += isKnown ? 2 : /^\s{0,8}['"]/.test(rest) ? 1 : 2;
  else if (isEnd) points += isKnown ? 1 : 0;
  else if (callArgument.test(rest)) points += isKnown ? 1 : isShort || before.weight > 1 ? 1 : 0;
  points += before.weight === 3 ? 2 : before.weight === 2 ? 1 : 0;
  if (isShort && (isEnd || hasArgument || callArgument.test(rest))) points += isWord ? 3 : 2;
  else if (!/\s/.test(lower.slice(0, from)) && isEnd && before.weight > 1 && lower.length < 80) points += 2;
  if (prose && !hasArgument) points -= 2;
  findings.add(family, Math.min(points, 8), `the command ${what}`, part, from);
}

/** `for /f "…" %x in (…) do`, `if not exist x`, `if %x% equ 2`. */
const batchFor = /^\s[^(]{0,64}%{0,2}\S{1,2}\s{1,8}in\s{0,8}\(/;
const batchIf =
  /^\s{1,32}(?:\/i\s{1,32})?(?:not\s{1,32})?(?:(?:exist|defined|errorlevel|cmdextversion)\s|(?:"[^"]{0,64}"|\S{1,64})(?:\s{0,32}==|\s{1,32}(?:equ|neq|lss|leq|gtr|geq)\s))/;
/** Patterns of file names, arithmetic, expansions and lists as only shells know them. */
const shellSyntax =
  /(?:^|[\s=:])\/(?:[\w.*?-]{0,24}\/){0,4}[\w.*?-]{0,24}\[[^\]\s]{1,24}\][\w?*]|\$\[|\$\(\(|\$\{[a-z_@*!#]{1,24}(?:[#%^,@]|:-?\d|\/)|(?:^|[\s;|&])\{,?[\w$'"/?*]{1,32},[^}]{0,128}\}|\/[\w*]{0,8}\?[\w?*]{0,8}\/[\w*?]{0,24}|(?:^|\s)![-\d]\d?|;\s{0,4}(?:\\n)?\.(?:shell|system|sh|import|load|output|once|open|read|dump)\b|[a-z](?:''|""|\\\n)[a-z/]|[a-z](?:``|\$@|\$\*|\$\$)(?:[a-z/\s]|$)|<\(\)|\(\)\s?\{|\$'/;

const telling = linear(
  ...words(
    `/bin/(?:[a-z]{0,4}sh|cat|ls|id|nc|echo|ping|env|busybox|uname|ps|rm|cp|mv|dd|chmod|which|python|perl|true) /usr/(?:s?bin|local/bin)/[a-z] /dev/(?:tcp|udp)/ [0-9]>&[0-9] &>/ \\$\\{?ifs\\b \\(\\)[\\s]?\\{[\\s]?: \\(\\)[\\s]?\\{ >[\\s]?/(?:dev|tmp|etc|var|proc)
    %comspec% %(?:systemroot|programdata|appdata|temp|userprofile|windir|programfiles)% cmd(?:\\.exe)?[\\s][\\s]?/[ckrv]\\b powershell(?:\\.exe)?[\\s][\\s]?[-/] [\\s]-(?:enc|encodedcommand|nop|noprofile|executionpolicy)\\b \\biex[\\s]?\\( invoke-expression downloadstring new-object net\\.webclient frombase64string start-process
    \\bnc[\\s]-[a-z]*e -e[\\s]/bin \\bcertutil[\\s]-urlcache \\|[\\s]?(?:ba)?sh\\b <<< \\b(?:pip3?|apt(?:-get)?|yum|dnf|apk)[\\s](?:-y[\\s])?install\\b`.replace(
      '[a-z]*e',
      '[a-z]{0,4}e',
    ),
  ),
);
const verbs = linear(
  '\\b(?:get|set|new|invoke|start|stop|remove|add|out|write|import|export|convertto|convertfrom|test|select|where|foreach|format|copy|move|rename|clear|enable|disable|register|restart|resume|suspend|wait|enter|exit|push|pop|read|receive|send|update|trace|measure|compare|group|sort|tee|join|split|resolve|show|undo|use|complete|debug|limit|checkpoint|restore|save|unblock|protect)-',
);
const cmdletNouns = wordSet(
  `item content childitem process service object expression webrequest restmethod command variable alias host file location
  itemproperty wmiobject ciminstance computer eventlog member module job acl date history random string xml json csv output error warning debug verbose
  pssession psdrive null printer path connection session winevent transcript gridview package hotfix culture uiculture credential executionpolicy
  localuser localgroup netadapter wmimethod pssnapin psbreakpoint typedata formatdata help event eventsubscriber clixml html table list wide custom counter
  unique traceSource recyclebin clipboard timezone computerinfo authenticodesignature securestring psprovider psexec shellcommand mimikatz`.toLowerCase(),
);

function findCmdlets(part: Part, findings: Findings): void {
  const found = verbs.exec(part.lower);
  if (found === null) return;
  const noun = /^[a-z]{2,24}/.exec(
    part.lower.slice(found.index + found[0].length, found.index + found[0].length + 24),
  )?.[0];
  if (noun !== undefined && cmdletNouns.has(noun)) {
    const isCode =
      part.marks & (mark.dollar | mark.separator | mark.parenthesis | mark.colon | mark.slash) ||
      /\s-[a-z]/.test(part.lower) ||
      !part.lower.includes(' ');
    findings.add(family, isCode ? 5 : 3, `a command of PowerShell (${found[0]}${noun})`, part, found.index);
  }
}

export function findCommands(part: Part, findings: Findings): void {
  const { lower, marks, kind } = part;
  if ((marks & (mark.letter | mark.slash | mark.dollar | mark.parenthesis)) === 0 && !lower.startsWith('!'))
    return;
  const known =
    marks & (mark.slash | mark.other | mark.parenthesis | mark.angle | mark.dash | mark.dollar)
      ? telling.exec(lower)
      : null;
  if (known !== null && !(kind === 'referer'))
    findings.add(family, 5, `what only shells understand (${known[0]})`, part, known.index);
  if (kind === 'referer') return;
  if (
    kind !== 'agent' &&
    marks &
      (mark.bracket |
        mark.brace |
        mark.dollar |
        mark.other |
        mark.quote |
        mark.angle |
        mark.separator |
        mark.parenthesis)
  ) {
    const syntax = shellSyntax.exec(lower);
    const isAddress = /^(?:https?:)?\/\//.test(lower);
    if (
      syntax !== null &&
      !isAddress &&
      !(kind === 'path' && syntax[0].startsWith('/')) &&
      !/^[{[]"/.test(lower)
    )
      findings.add(
        family,
        isProse(part.text) ||
          (syntax[0].trimStart().startsWith('!') && !/^(?:![-\d]\d{0,4}){1,8}$/.test(lower))
          ? 3
          : 5,
        `what only shells understand (${syntax[0].trim()})`,
        part,
        syntax.index,
      );
  }
  if (marks & mark.dash && kind !== 'agent') findCmdlets(part, findings);
  const isHeader = kind === 'agent';
  const prose = isProse(part.text);
  if (!isHeader && kind !== 'path' && marks & mark.letter) {
    // At the beginning, or in a string that is closed first.
    const begin = /^["')\s]{0,4}/.exec(lower)?.[0].length ?? 0;
    const first =
      marks &
      (mark.blank |
        mark.dollar |
        mark.slash |
        mark.quote |
        mark.backslash |
        mark.other |
        mark.angle |
        mark.brace)
        ? readCommand(lower, begin)
        : undefined;
    if (first !== undefined) judgeCommand(part, first, undefined, begin, prose, findings);
  }
  if ((marks & (mark.separator | mark.dollar | mark.backtick | mark.angle)) === 0) return;
  let count = 0;
  for (let at = 0; at < lower.length && count < MAX_SEPARATORS; at++) {
    const separator = separatorAt(lower, at);
    if (separator === undefined) continue;
    count++;
    // A user agent's comment is full of semicolons.
    if (isHeader && separator.name === ';') continue;
    if (kind === 'path' && separator.weight === 1 && separator.name === '&') continue;
    const width = separator.name.length === 2 ? 2 : 1;
    const command = readCommand(lower, at + width);
    if (command !== undefined) judgeCommand(part, command, separator, at, prose, findings);
    at += width - 1;
  }
}
