/** Reads a YAML file against a schema; what is wrong is said with file, line and key. */
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { ZodType } from 'zod';

/** A configuration file larger than this is a mistake. */
export const MAX_CONFIGURATION_BYTES = 8 * 1024 * 1024;

export interface ConfigurationProblem {
  line: number;
  /** `devices[2].asset`; empty for the whole file. */
  key: string;
  message: string;
}

/** Its message is fit for a person: one line a problem, `FILE:LINE key: what is wrong`. */
export class ConfigurationError extends Error {
  readonly problems: readonly ConfigurationProblem[];
  constructor(file: string, problems: readonly ConfigurationProblem[]) {
    super(
      problems
        .map(({ line, key, message }) => `${file}:${line}${key === '' ? '' : ` ${key}`}: ${message}`)
        .join('\n'),
    );
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** At most this many problems are told at once. */
const MAX_PROBLEMS = 20;

/**
 * @param file name for messages only
 * @throws ConfigurationError
 */
export function parseConfiguration<Value>(schema: ZodType<Value>, text: string, file: string): Value {
  if (text.length > MAX_CONFIGURATION_BYTES)
    throw new ConfigurationError(file, [
      { line: 1, key: '', message: `larger than ${MAX_CONFIGURATION_BYTES} bytes` },
    ]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new ConfigurationError(
      file,
      document.errors.slice(0, MAX_PROBLEMS).map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        key: '',
        message: error.message.split('\n')[0] ?? '',
      })),
    );
  }
  let value: unknown;
  try {
    // 100 aliases at most: a small file must not unfold into a large one.
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigurationError(file, [{ line: 1, key: '', message: String(error) }]);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length >= 0; length--) {
      const found = document.getIn(path.slice(0, length), true);
      if (isNode(found) && found.range) return lines.linePos(found.range[0]).line;
    }
    return 1;
  };
  throw new ConfigurationError(
    file,
    result.error.issues.slice(0, MAX_PROBLEMS).flatMap((issue) => {
      const paths =
        issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
      return paths.map((path) => ({
        line: lineOf(path),
        key: keyText(path),
        message: issue.code === 'unrecognized_keys' ? 'there is no such key here' : issue.message,
      }));
    }),
  );
}

const keyText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
