/**
 * Text as SQL tokens, one letter a kind, so that a request can be read the way a database would read it behind a number
 * or behind a quotation mark that the request itself closes. Never fails: what is no SQL is a token of kind `x`.
 *
 * n number, null, true · s string · v variable · w name · f name with a parenthesis behind it · F one that attackers
 * need (sleep) · E select · U union · M verb of another statement · B clause (where, order, from …) · & and, or, xor ·
 * t cast to a type · ! not · o comparison · a arithmetic, concatenation · c comment to the end · k case, when … · ( ) , ; · x other
 */
import { wordSet } from './linear.ts';

export interface Token {
  kind: string;
  text: string;
  at: number;
  /** A comment stood directly before it. */
  glued: boolean;
}

/** Enough for any target that a server takes; bounds the work. */
const MAX_TOKENS = 2_048;
const MAX_WORD = 64;

const kinds = new Map<string, string>();
const give = (kind: string, text: string) => {
  for (const word of wordSet(text)) kinds.set(word, kind);
};
give('E', 'select');
give('U', 'union intersect');
give('&', 'and or xor having');
give('!', 'not distinct distinctrow binary prior exists any some all');
give('o', 'like rlike regexp between in is sounds glob ilike similar div mod escape collate');
give('n', 'null true false default');
give('B', 'from where order group limit offset into procedure by on join using values set as returning');
give('k', 'case when then else end');
give(
  'M',
  'insert update delete drop create alter truncate exec execute declare waitfor shutdown grant revoke merge replace load call handler prepare begin rename use dbcc attach backup restore copy if do',
);

const castTypes =
  wordSet(`int int2 int4 int8 integer bigint smallint text varchar char json jsonb bool boolean double float float8 numeric
  decimal regclass regtype name date timestamp timestamptz time interval inet cidr bytea xml uuid money bit oid real point box`);

/** Functions that give an attacker time, files, errors or commands; no shopper types them before a parenthesis. */
const dangerous =
  wordSet(`sleep benchmark pg_sleep load_file extractvalue updatexml xp_cmdshell xp_dirtree xp_regread
  sp_executesql sp_oacreate sp_password openrowset opendatasource openquery load_extension sys_eval sys_exec randomblob
  group_concat concat_ws json_extract xmltype ctxsys utl_http utl_inaddr dbms_pipe dbms_lock dbms_xmlgen httpuritype
  make_set find_in_set procedure_analyse database_to_xml query_to_xml lo_import lo_export pg_read_file pg_ls_dir
  string_agg wm_concat listagg name_const gtid_subset polygon multipoint linestring has_dbaccess fn_xe_file is_srvrolemember
  current_setting sqlite_version user_lock rawtohex pg_client_encoding to_dsinterval chr_array ora_hash`);

export const isDangerousFunction = (name: string): boolean =>
  dangerous.has(name) || name.startsWith('xp_') || name.startsWith('dbms_') || name.startsWith('utl_');

const isLetter = (code: number) =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
const isDigit = (code: number) => code >= 48 && code <= 57;
const isBlank = (code: number) => code === 32 || (code >= 9 && code <= 13) || code === 160;

/**
 * Tokens of lower-case text.
 * @param inside the quotation mark within which the text is put by the application; empty where it stands bare
 */
export function sqlTokens(text: string, inside: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let glued = false;
  const add = (kind: string, start: number, end: number) => {
    tokens.push({ kind, text: text.slice(start, Math.min(end, start + MAX_WORD)), at: start, glued });
    glued = false;
    at = end;
  };
  /** From behind the opening mark to behind the closing one. */
  const endOfString = (from: number, quote: string): number => {
    for (let end = from; ; end++) {
      end = text.indexOf(quote, end);
      if (end < 0) return text.length;
      if (text.charCodeAt(end + 1) === quote.charCodeAt(0)) end++;
      else if (text.charCodeAt(end - 1) !== 92 || text.charCodeAt(end - 2) === 92 || end - 1 < from)
        return end + 1;
    }
  };
  if (inside !== '') {
    // The application's own string: ends at the first mark, doubled or not; escapes are the application's business.
    let end = text.indexOf(inside);
    // Doubled marks stand for one: an odd run closes, an even one does not.
    for (let run = end; run >= 0; ) {
      let behind = run;
      while (text.startsWith(inside, behind)) behind++;
      if ((behind - run) % 2 === 1) {
        end = behind - 1;
        break;
      }
      run = text.indexOf(inside, behind);
    }
    if (end < 0) return [];
    add('s', 0, end + 1);
  }
  while (at < text.length && tokens.length < MAX_TOKENS) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (isBlank(code)) at++;
    else if (isDigit(code) || (code === 46 && isDigit(next))) {
      let end = at + 1;
      if (code === 48 && next === 120) end++;
      while (isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 46 || isHexIn(text, at, end)) end++;
      if (text.charCodeAt(end) === 101 && isDigit(text.charCodeAt(end + 1))) {
        end += 2;
        while (isDigit(text.charCodeAt(end))) end++;
      }
      // `3xl`, `1kg`: a word that begins with a digit; `1or 1=1` and `1union` are read by databases all the same.
      let word = end;
      while (isLetter(text.charCodeAt(word)) || isDigit(text.charCodeAt(word))) word++;
      if (word > end && !kinds.has(text.slice(end, word))) add('w', at, word);
      else add('n', at, end);
    } else if (isLetter(code)) {
      let end = at + 1;
      while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 36)
        end++;
      addWord(end);
    } else if (code === 39 || code === 34) add('s', at, endOfString(at + 1, text.charAt(at)));
    else if (code === 96) {
      const end = text.indexOf('`', at + 1);
      add(end < 0 ? 'x' : 'w', at, end < 0 ? at + 1 : end + 1);
    } else if (code === 64 && next !== 62) {
      let end = at + 1;
      while (text.charCodeAt(end) === 64) end++;
      while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end)) || text.charCodeAt(end) === 46)
        end++;
      add(end > at + 1 ? 'v' : 'x', at, end);
    } else if (code === 45 && next === 45) add('c', at, endOfLine(at));
    else if (code === 35) add('c', at, endOfLine(at));
    else if (code === 47 && next === 42) {
      // `/*!50000 select*/` runs in MySQL: only its marks are passed over.
      if (text.charCodeAt(at + 2) === 33) {
        at += 3;
        while (isDigit(text.charCodeAt(at))) at++;
        glued = true;
      } else {
        const end = text.indexOf('*/', at + 2);
        if (end < 0) add('c', at, text.length);
        else {
          at = end + 2;
          glued = true;
        }
      }
    } else if (code === 42 && next === 47) at += 2;
    else if (code === 40 || code === 41 || code === 44 || code === 59) add(text.charAt(at), at, at + 1);
    else if (code === 123 || code === 125 || code === 91 || code === 93) add(text.charAt(at), at, at + 1);
    else if ((code === 124 && next === 124) || (code === 38 && next === 38)) add('&', at, at + 2);
    else if (code === 60 || code === 62 || code === 61 || (code === 33 && next === 61)) {
      let end = at + 1;
      while (
        end < at + 3 &&
        (text.charCodeAt(end) === 61 || text.charCodeAt(end) === 62 || text.charCodeAt(end) === 64)
      )
        end++;
      add('o', at, end);
    } else if (code === 33) add('!', at, at + 1);
    else if (code === 58 && next === 58) {
      // A cast of PostgreSQL, with the type it names.
      let end = at + 2;
      while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
      add(castTypes.has(text.slice(at + 2, end)) ? 't' : 'x', at, end);
    } else if (code === 64 && next === 62) add('o', at, at + 2);
    else if (code === 63 && (tokens.at(-1)?.kind === 's' || tokens.at(-1)?.kind === 't'))
      add('o', at, next === 124 || next === 38 ? at + 2 : at + 1);
    else if (code === 45 && next === 62) add('a', at, text.charCodeAt(at + 2) === 62 ? at + 3 : at + 2);
    else if (code === 58 && next === 61) add('o', at, at + 2);
    else if (
      code === 43 ||
      code === 45 ||
      code === 42 ||
      code === 47 ||
      code === 37 ||
      code === 94 ||
      code === 124 ||
      code === 38 ||
      code === 126
    )
      add('a', at, at + 1);
    else add('x', at, at + 1);
  }
  return tokens;

  function endOfLine(from: number): number {
    const end = text.indexOf('\n', from);
    return end < 0 ? text.length : end + 1;
  }

  function addWord(end: number): void {
    const word = text.slice(at, Math.min(end, at + MAX_WORD));
    let behind = end;
    while (isBlank(text.charCodeAt(behind))) behind++;
    const isCall = text.charCodeAt(behind) === 40;
    const kind = kinds.get(word);
    if (
      kind !== undefined &&
      !(isCall && (word === 'if' || word === 'replace' || word === 'mod' || word === 'div'))
    ) {
      add(kind, at, end);
      return;
    }
    // `schema.table.column` is one name.
    let whole = end;
    while (text.charCodeAt(whole) === 46 && isLetter(text.charCodeAt(whole + 1))) {
      whole++;
      while (isLetter(text.charCodeAt(whole)) || isDigit(text.charCodeAt(whole))) whole++;
    }
    if (isCall && whole === end) {
      add(isDangerousFunction(word) ? 'F' : 'f', at, end);
      return;
    }
    // n'text', x'41', b'01', _utf8'text' are strings.
    if (
      end - at === 1 &&
      text.charCodeAt(end) === 39 &&
      'nxbe'.includes(word) &&
      tokens.at(-1)?.kind !== 's'
    ) {
      add('s', at, endOfString(end + 1, "'"));
      return;
    }
    const call = text.charCodeAt(whole) === 40 && /^(?:sys|dbms|utl|ctxsys|xp|sp)/.test(word);
    add(call ? 'F' : 'w', at, whole);
  }
}

/** Hexadecimal digits go on behind 0x only. */
function isHexIn(text: string, start: number, at: number): boolean {
  if (text.charCodeAt(start) !== 48 || text.charCodeAt(start + 1) !== 120) return false;
  const code = text.charCodeAt(at);
  return code >= 97 && code <= 102;
}
