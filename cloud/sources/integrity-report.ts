import { z } from 'zod';
import { anyInstant } from './instants.ts';
import { jsonObject, present, textAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { integrityReportSamples } from './samples/integrity-report.ts';
import { sourceFormat } from './source.ts';

const MAX_LINE_BYTES = 32 * 1024;
const changes = new Set(['created', 'updated', 'deleted', 'renamed', 'attributes-set']);
const hash = /^[0-9a-fA-F]{32,128}$/;

/**
 * What a watcher of files and pages found changed, one JSON object a line: `{"time": ISO 8601, "path" | "url", "change":
 * "created" | "updated" | "deleted" | "renamed" | "attributes-set", "hash"?, "previousHash"?, "by"?, "host"?,
 * "expected"?: whether somebody announced it}`. What nobody announced is a detection.
 */
export const integrityReport = sourceFormat({
  name: 'integrity-report',
  title: 'Integrity of files and pages',
  unit: 'line',
  maxBytes: MAX_LINE_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const report = jsonObject(input);
      if (typeof report === 'string') return { refused: report };
      const observedAt = anyInstant(report.time, timeZone);
      if (observedAt === undefined) return { refused: 'time: expected an ISO 8601 time' };
      const what = textAt(report, 'path') ?? textAt(report, 'url');
      if (what === undefined) return { refused: 'path: missing' };
      const change = textAt(report, 'change');
      if (change === undefined || !changes.has(change))
        return { refused: `change: expected one of ${[...changes].join(', ')}` };
      for (const key of ['hash', 'previousHash'])
        if (report[key] !== undefined && !hash.test(textAt(report, key) ?? ''))
          return { refused: `${key}: expected 32 to 128 hexadecimal digits` };
      const by = textAt(report, 'by');
      const host = textAt(report, 'host');
      const isExpected = typeof report.expected === 'boolean' ? report.expected : undefined;
      const shown = fitText(what, 512);
      return {
        reported: [
          {
            kind: 'file.changed',
            observedAt,
            ...(by === undefined ? {} : { subjects: { account: by } }),
            observables: present({ hash: textAt(report, 'hash')?.toLowerCase() }),
            facts: present<string | boolean>({
              file: shown,
              change,
              host,
              previousHash: textAt(report, 'previousHash')?.toLowerCase(),
              expected: isExpected,
            }),
            ...(host === undefined ? {} : { asset: host }),
            log: { fields: { TargetFilename: what } },
            ...(isExpected === false
              ? {
                  judged: {
                    rule: 'integrity:unexpected-change',
                    severity: 'high' as const,
                    summary: fitText(`${shown} was ${change} and nobody had announced it`, 1_000),
                    tactic: 'T1565.001',
                  },
                }
              : {}),
          },
        ],
      };
    };
  },
  samples: integrityReportSamples,
});
