/**
 * SQL injection: the text is read as what follows a number, and as what follows each kind of quotation mark that it
 * closes itself. What goes on as SQL must (an operator behind an operand, an operand behind an operator) is a run; the
 * structures within a run are worth points. Prose falls apart at the second word.
 */
import type { Findings } from './findings.ts';
import { linear, wordSet, words } from './linear.ts';
import { isProse } from './prose.ts';
import { mark, type Part } from './request-parts.ts';
import { isDangerousFunction, sqlTokens, type Token } from './sql-tokens.ts';

const family = 'sql-injection';

/** Names of a database about itself. */
const catalogNames = linear(
  '@@(?:version|datadir|hostname|basedir|global|servername|spid|language|innodb)',
  'sys\\.(?:tables|objects|databases|columns|schemas|user_)',
  'mysql\\.(?:user|db|innodb_)',
  ...words(`information_schema sysobjects syscolumns pg_catalog pg_shadow pg_user sqlite_master sqlite_schema
    sqlite_temp_master msysobjects msysaces all_tables all_tab_columns user_tables user_tab_columns v\\$version
    performance_schema master\\.\\. rdb\\$ northwind tempdb table_schema table_name column_name`),
);

interface Run {
  points: number;
  what: string[];
  end: number;
}

const isOperand = (kind: string) => 'nsvwfF'.includes(kind);

/** Position behind words and parentheses that may stand between UNION and what makes it one. */
function isUnionSelect(tokens: readonly Token[], from: number): boolean {
  let at = from + 1;
  while (tokens[at]?.kind === '!' || tokens[at]?.kind === '(') at++;
  if (tokens[at]?.text === 'values') return tokens[at + 1]?.kind === '(';
  if (tokens[at]?.kind !== 'E') return false;
  do at++;
  while (tokens[at]?.kind === '!' || tokens[at]?.kind === '(');
  const first = tokens[at];
  if (first === undefined) return tokens.length <= from + 3 && tokens[from - 1]?.kind !== 'w';
  if ('nsvfFac'.includes(first.kind)) return true;
  // `union select name from x`: prose such as "union select committee" has two names side by side.
  const next = tokens[at + 1];
  return (
    first.kind === 'w' &&
    (next === undefined || next.kind === ',' || next.text === 'from' || next.kind === 'c')
  );
}

/** `drop table x`, `insert into x`: the second word decides. */
function isStatement(tokens: readonly Token[], at: number): boolean {
  const verb = tokens[at]?.text ?? '';
  const second = tokens[at + 1];
  const next = second?.text ?? '';
  if (verb === 'select')
    return second !== undefined && ('nsvfF('.includes(second.kind) || hasFrom(tokens, at));
  if (verb === 'drop' || verb === 'create' || verb === 'alter')
    return /^(?:table|database|user|view|index|procedure|function|schema|login|trigger|role|or|temporary|assembly|sequence)$/.test(
      next,
    );
  if (verb === 'insert' || verb === 'merge' || verb === 'replace')
    return next === 'into' || (second?.kind === 'f' && tokens[at + 2]?.kind === '(');
  if (verb === 'delete') return next === 'from';
  if (verb === 'truncate') return next === 'table';
  if (verb === 'update') return tokens[at + 2]?.text === 'set';
  if (verb === 'exec' || verb === 'execute')
    return (
      second !== undefined && (/^(?:xp_|sp_|master|immediate)/.test(next) || 'sv(fF'.includes(second.kind))
    );
  if (verb === 'declare') return second?.kind === 'v' || second?.kind === 'w';
  if (verb === 'waitfor') return next === 'delay' || next === 'time';
  if (verb === 'shutdown') return second === undefined || 'c;'.includes(second.kind) || next === 'with';
  if (verb === 'load') return next === 'data' || next === 'extension';
  if (verb === 'grant' || verb === 'revoke') return next === 'all' || next === 'select' || next === 'execute';
  if (verb === 'handler') return tokens[at + 2]?.text === 'open' || tokens[at + 2]?.text === 'read';
  if (verb === 'prepare') return tokens[at + 2]?.text === 'from';
  if (verb === 'begin') return second === undefined || 'MF;'.includes(second.kind);
  if (verb === 'if') return second?.kind === '(' || second?.kind === '!';
  if (verb === 'call' || verb === 'do') return second?.kind === 'f' || second?.kind === 'F';
  if (verb === 'copy')
    return second?.kind === '(' || tokens[at + 2]?.text === 'from' || tokens[at + 2]?.text === 'to';
  if (verb === 'attach' || verb === 'backup' || verb === 'restore') return next === 'database';
  return false;
}

/** Whether there is any sign that sentences do without. */
const isCode = (tokens: readonly Token[]): boolean =>
  tokens.some(
    ({ kind, text }, at) =>
      'ovfF;('.includes(kind) || text === '*' || (kind === 's' && at > 0 && at < tokens.length - 1),
  );

const MAX_SELECT_LIST = 64;
function hasFrom(tokens: readonly Token[], from: number): boolean {
  for (let at = from + 1; at < Math.min(tokens.length, from + MAX_SELECT_LIST); at++) {
    const token = tokens[at];
    if (token?.text === 'from') return at > from + 1;
    // Two names side by side are prose.
    if (token?.kind === 'w' && tokens[at - 1]?.kind === 'w') return false;
    if (token?.kind === ';') return false;
  }
  return false;
}

/** Reads on from `start` as long as it is SQL. @param broke whether a string was closed just before */
function runFrom(tokens: readonly Token[], start: number, broke: boolean): Run {
  const run: Run = { points: 0, what: [], end: start };
  const give = (points: number, what: string) => {
    run.points += points;
    if (!run.what.includes(what)) run.what.push(what);
  };
  let wantsOperand = !broke;
  let depth = 0;
  let operators = 0;
  let at = start;
  for (; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const { kind } = token;
    const next = tokens[at + 1];
    if (wantsOperand) {
      if (isOperand(kind)) {
        if (kind === 'F') give(5, `${token.text}(`);
        else if (kind === 'f' && tokens[at + 1]?.kind === '(') give(operators > 0 ? 2 : 1, `${token.text}(`);
        wantsOperand = kind === 'f' || kind === 'F';
        if (wantsOperand && next?.kind !== '(') wantsOperand = false;
      } else if (kind === '(' || kind === '{') depth++;
      else if (kind === ')' || kind === '}') {
        depth--;
        wantsOperand = false;
      } else if (kind === 'E' && isStatement(tokens, at)) give(at > start ? 4 : 1, 'SELECT');
      else if (kind === 'k') {
        if (token.text === 'case' && next?.text === 'when') give(3, 'CASE WHEN');
        wantsOperand = token.text !== 'end';
      } else if (kind === 'a' && token.text === '*') wantsOperand = false;
      else if (kind === 'M' && isStatement(tokens, at)) {
        give(broke || at > start ? 5 : isCode(tokens) ? 4 : 2, token.text.toUpperCase());
        run.end = tokens.length;
        return run;
      } else if (kind === 'B' && at > start && tokens[at - 1]?.kind === 'B') continue;
      else if (!'a!'.includes(kind) && !(kind === 'o' && tokens[at - 1]?.kind === 'o')) break;
      continue;
    }
    if (kind === 'c') {
      const isMarked = token.text.startsWith('#');
      // "men's #1": a number sign begins a comment where nothing but the end or a line follows.
      const isHyphens = token.text.startsWith('--') && token.text.length > 2 && token.text.charCodeAt(2) > 32;
      if (isMarked ? token.text.length <= 2 : broke || !isHyphens)
        give(broke || operators > 0 ? 3 : 2, 'a comment that cuts off the rest');
      at++;
      break;
    }
    if (kind === 't') {
      give(3, 'a cast');
      operators++;
      if (tokens[at + 1]?.kind === 'w' && tokens[at]?.text === '::double') at++;
    } else if (kind === ')' || kind === '}') {
      if (--depth < 0 && broke) give(1, 'a closed parenthesis');
    } else if (kind === '&') {
      const after = tokens[at + 1];
      const literal =
        after !== undefined &&
        ('nsvfF(!E'.includes(after.kind) ||
          (after.kind === 'c' && (broke || operators > 0)) ||
          (after.kind === 'a' && tokens[at + 2]?.kind === 'n'));
      const isCompared = after?.kind === 'w' && 'oa!'.includes(tokens[at + 2]?.kind ?? 'x');
      if (!literal && !isCompared) break;
      give(literal || broke ? 3 : 2, token.text.toUpperCase());
      operators++;
      wantsOperand = true;
    } else if (kind === 'o' || kind === 'a') {
      const after = tokens[at + 1];
      if (after === undefined) {
        if (kind === 'o') give(1, 'a comparison');
        at++;
        break;
      }
      if (kind === 'o') {
        const literals =
          'nsvfF)'.includes(tokens[at - 1]?.kind ?? 'x') ||
          'nsvfF('.includes(after.kind) ||
          after.kind === '!';
        if (token.text === 'is' || token.text === 'in') give(literals ? 2 : 0, token.text.toUpperCase());
        else give(literals ? 2 : 1, 'a comparison');
        if (/like$|regexp$/.test(token.text) && after.kind === 's' && after.text.length === 1)
          give(3, 'an opened string');
      } else if (after.kind === 's' || (broke && 'nfF(v'.includes(after.kind)))
        give(2, 'an operator between values');
      operators++;
      wantsOperand = true;
    } else if (kind === 'U') {
      if (!isUnionSelect(tokens, at)) break;
      give(5, 'UNION … SELECT');
      run.end = tokens.length;
      return run;
    } else if (kind === ';') {
      let after = at + 1;
      while (tokens[after]?.kind === ';') after++;
      if (tokens[after] === undefined) give(broke ? 3 : 0, 'the end of a statement');
      else if (tokens[after]?.kind === 'c') give(broke ? 4 : 3, 'the end of a statement');
      else if ('EM'.includes(tokens[after]?.kind ?? 'x') && isStatement(tokens, after))
        give(5, `a second statement (${tokens[after]?.text.toUpperCase()})`);
      else break;
      at = after;
      break;
    } else if (kind === 'B') {
      const second = tokens[at + 1];
      if ((token.text === 'order' || token.text === 'group') && second?.text === 'by') {
        const third = tokens[at + 2];
        if (third === undefined || (third.kind === 'w' && !broke && operators === 0)) break;
        give(
          'nf('.includes(third.kind) || (broke && tokens[at + 3]?.kind !== 'w') ? 4 : 2,
          `${token.text.toUpperCase()} BY`,
        );
        at++;
      } else if (token.text === 'limit' && second?.kind === 'n') give(2, 'LIMIT');
      else if (token.text === 'into' && /^(?:outfile|dumpfile)/.test(second?.text ?? ''))
        give(5, 'INTO OUTFILE');
      else if (token.text === 'procedure' && /^analyse/.test(second?.text ?? ''))
        give(5, 'PROCEDURE ANALYSE');
      else if (token.text === 'where' && operators > 0) give(1, 'WHERE');
      else if (
        token.text !== 'from' &&
        token.text !== 'where' &&
        token.text !== 'as' &&
        token.text !== 'limit'
      )
        break;
      wantsOperand = true;
    } else if (kind === '(' && tokens[at - 1]?.kind === 'w') {
      depth++;
      wantsOperand = true;
    } else if (kind === ',') wantsOperand = true;
    else if (kind === 'k') wantsOperand = token.text !== 'end';
    else if (kind === '!' && tokens[at + 1]?.kind === 'o') continue;
    else if (kind === '!' && operators > 0) wantsOperand = true;
    else if (
      kind === 'M' &&
      (broke || tokens[at - 1]?.kind === ')' || tokens[at - 1]?.kind === 'n') &&
      isStatement(tokens, at) &&
      (isCode(tokens) || token.text === 'waitfor')
    ) {
      give(5, `a second statement (${token.text.toUpperCase()})`);
      run.end = tokens.length;
      return run;
    } else break;
  }
  run.end = Math.max(at, start + 1);
  return run;
}

/** Closed early, empty or a single short word: how one begins who does not search but breaks out. */
const isProbePrefix = (text: string) => text.length <= 12 && !text.trimStart().includes(' ');

/** One more than integers and floating numbers hold: programs for finding faults send these. */
const boundaries =
  /^[+-]?(?:2147483648|2147483649|4294967295|4294967296|4294967297|9223372036854775807|9223372036854775808|18446744073709551615|18446744073709551616|0x7fffffff|0x80000000|0xffffffff|1e309|1e400|2\.2250738585072007e-308|2\.2250738585072011e-308|1\.7976931348623157e\+?309|nan\()$/;
const databaseCalls =
  wordSet(`version database current_user current_database user session_user system_user schema concat char chr ascii substring substr mid cast convert hex unhex ord lpad rpad coalesce
  ifnull nullif isnull strcmp length char_length count load elt floor rand row_count found_rows last_insert_id connection_id instr locate position quote reverse soundex space insert left right upper lower
  ucase lcase trim conv bin oct inet_aton inet_ntoa md5 sha1 sha2 encode decode aes_encrypt password old_password crc32 uuid now curdate curtime sysdate extract date_add to_char to_number to_date
  xmlagg overlay translate array_agg string_to_array unnest jsonb_agg row_to_json generate_series lo_get abs greatest least exp pi log if iif db_name host_name object_id div mod col_name schema_name`);

export function findSql(part: Part, findings: Findings): void {
  const { lower, marks } = part;
  if (boundaries.test(lower)) findings.add(family, 5, 'a number at the edge of what fits', part);
  const isWords = (marks & ~(mark.letter | mark.digit | mark.blank | mark.dash | mark.dot)) === 0;
  if (
    isWords &&
    !(marks & mark.blank && lower.includes('select')) &&
    !lower.includes('schema') &&
    !lower.includes('--')
  ) {
    // `1 order by 3`, `1 and 1`: needs a blank and begins with a digit.
    if (!(marks & mark.blank) || !(marks & mark.digit)) return;
  }
  if ((marks & mark.letter) === 0 && (marks & (mark.quote | mark.other | mark.dash)) === 0) return;
  const named = marks & mark.letter ? catalogNames.exec(lower) : null;
  if (named !== null)
    findings.add(
      family,
      lower.includes(' ') || lower.includes('/*') || marks & mark.parenthesis ? 5 : 3,
      `a catalogue's name (${named[0]})`,
      part,
      named.index,
    );
  inContext(part, '', findings);
  if (marks & mark.quote || /[\u2018\u2019\u02bc\u2032]/.test(lower)) {
    for (const quote of ["'", '"', '`'])
      if (lower.includes(quote) || (quote === "'" && /[\u2018\u2019\u02bc\u2032]/.test(lower)))
        inContext(part, quote, findings);
  }
}

function inContext(part: Part, quote: string, findings: Findings): void {
  const tokens = sqlTokens(part.lower.replace(/[\u2018\u2019\u02bc\u2032]/g, "'"), quote);
  const broke = quote !== '';
  const how = broke ? `after a closed string (${quote})` : 'after a value';
  if (broke && tokens.length > 1) {
    const run = runFrom(tokens, 1, true);
    let points = run.points;
    const isProbe = isProbePrefix(tokens[0]?.text ?? '');
    if (points >= 2 && isProbe) points += points >= 3 ? 2 : 1;
    else if (points >= 3 && run.end >= tokens.length) points += 1;
    if (points >= 2)
      findings.add(family, Math.min(points, 10), `${run.what.join(', ')} ${how}`, part, tokens[1]?.at ?? 0);
  }
  if (broke) return;
  let start = 0;
  let best: Run | undefined;
  let bestAt = 0;
  // What comes before may be prose: each place where the reading breaks off is a new beginning.
  while (start < tokens.length) {
    const kind = tokens[start]?.kind ?? 'x';
    const closes =
      kind === ')' || kind === '&' || kind === 'U' || kind === ';' || (kind === 'B' && start === 0);
    const run = runFrom(tokens, start, closes);
    // Nothing but the end of somebody's condition.
    if (start === 0 && closes && run.points >= 2 && run.end >= tokens.length && kind !== ';') run.points += 2;
    else if (start === 0 && kind === 's' && run.end >= tokens.length && run.points >= 4) run.points += 1;
    else if (
      start === 0 &&
      run.end >= tokens.length &&
      tokens.length <= 5 &&
      (kind === 'n' || kind === 's') &&
      run.points === 2
    )
      run.points += 3;
    if (start > 0 && run.points > 0 && !run.what.some((what) => /UNION|statement|sleep|SELECT/.test(what)))
      run.points -= 1;
    // A value like 1 before it is what an injection takes the place of.
    else if (
      start === 0 &&
      (kind === 'n' || kind === ')' || kind === 'a') &&
      run.points >= 3 &&
      run.end >= tokens.length
    )
      run.points += 1;
    if (best === undefined || run.points > best.points) {
      best = run;
      bestAt = tokens[start]?.at ?? 0;
    }
    start = Math.max(run.end, start + 1);
  }
  if (best !== undefined && best.points >= 2)
    findings.add(family, Math.min(best.points, 10), `${best.what.join(', ')} ${how}`, part, bestAt);
  anywhere(part, tokens, findings);
}

/** What is telling wherever it stands. */
function anywhere(part: Part, tokens: readonly Token[], findings: Findings): void {
  let hexadecimal = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    const { kind, text } = token;
    if (kind === 'U' && isUnionSelect(tokens, at)) findings.add(family, 5, 'UNION … SELECT', part, token.at);
    else if (kind === 't')
      findings.add(family, tokens[at - 1]?.kind === 'w' ? 4 : 5, `a cast (${text})`, part, token.at);
    else if (
      kind === 'w' &&
      isDangerousFunction(text) &&
      tokens.length > 1 &&
      at > 0 &&
      'EM'.includes(tokens[at - 1]?.kind ?? 'x')
    )
      findings.add(family, 5, `the function ${text}`, part, token.at);
    else if (kind === 'F') findings.add(family, 5, `the function ${text}`, part, token.at);
    else if ((kind === 'M' || kind === 'E') && isStatement(tokens, at)) {
      const isFirst = at === 0 || tokens[at - 1]?.kind === ';' || tokens[at - 1]?.kind === '(';
      const strength = isFirst && tokens.length > 3 && (kind === 'E' || isCode(tokens)) ? 3 : 2;
      findings.add(
        family,
        isCode(tokens) ? strength + 2 : strength,
        `a statement (${text.toUpperCase()})`,
        part,
        token.at,
      );
    } else if (token.glued && at > 0 && kind === 'n')
      findings.add(family, 3, 'comments between words of SQL', part, token.at);
    else if (token.glued && (kinds.has(kind) || kind === 'w' || kind === '(') && at > 0)
      findings.add(
        family,
        kinds.has(kind) || !(part.marks & mark.blank) ? 5 : 3,
        'comments between words of SQL',
        part,
        token.at,
      );
    else if (kind === 'n' && text.startsWith('0x') && text.length >= 8)
      hexadecimal += /^0x(?:[2-7][0-9a-f]){3,64}$/.test(text) ? 4 : text.length > 8 ? 1 : 0;
    else if (kind === 'f' && databaseCalls.has(text) && !isProse(part.text))
      findings.add(
        family,
        at === 0 && /[)(][\s;,)]{0,4}$/.test(part.lower.slice(-8)) ? 5 : 3,
        `the function ${text}()`,
        part,
        token.at,
      );
    else if (text === 'against' && tokens[at + 1]?.kind === '(')
      findings.add(family, 5, 'MATCH … AGAINST', part, token.at);
    else if (text === 'into' && /^(?:out|dump)file/.test(tokens[at + 1]?.text ?? ''))
      findings.add(family, 5, 'INTO OUTFILE', part, token.at);
  }
  if (hexadecimal > 0)
    findings.add(family, Math.min(5, 1 + hexadecimal), 'text as a hexadecimal number', part);
}

const kinds: ReadonlySet<string> = new Set(['E', 'U', 'M', '&', 'B', 'o', 'f', 'F']);
