import { z } from 'zod';
import { isObject, type JsonObject, jsonObject, numberAt, objectAt, present, textAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { cspReportSamples } from './samples/csp-report.ts';
import { type Reported, type SourceResult, sourceFormat } from './source.ts';

const MAX_BODY_BYTES = 64 * 1024;
/** Browsers gather reports and send them together. */
const MAX_REPORTS = 64;
/** A report may have waited for a network; older than this, its age is not believed. */
const MAX_AGE_MS = 24 * 3_600_000;

/** What extensions of a browser put into a page says nothing of the page. */
const extension = /^(?:chrome|moz|safari|safari-web|ms-browser|webkit-masked)-(?:extension|url)\b|^about\b/;

/** Host of an address, or the word that stands in its place: `inline`, `eval`, `data`. */
function hostOf(blocked: string | undefined): string | undefined {
  if (blocked === undefined) return undefined;
  return /^(?:https?|wss?):\/\/([^/?#:@]{1,253})(?::\d{1,5})?(?:[/?#]|$)/i.exec(blocked)?.[1]?.toLowerCase();
}

/** A page without what its visitor typed or was sent: a query may hold a token. */
const pageOf = (url: string | undefined): string | undefined => url?.replace(/[?#].*$/s, '');

interface Violation {
  document: string | undefined;
  blocked: string | undefined;
  directive: string | undefined;
  disposition: string | undefined;
  script: string | undefined;
  line: number | undefined;
  sample: string | undefined;
  agent?: string | undefined;
  policy: 'csp' | 'integrity';
}

function reportedOf(violation: Violation, observedAt: number | undefined): Reported | undefined {
  const { document, blocked, directive, disposition, script, line, sample, agent, policy } = violation;
  if (document === undefined || (directive === undefined && policy === 'csp')) return undefined;
  if (extension.test(blocked ?? '') || extension.test(script ?? '')) return undefined;
  const facts = present<string | number>({
    policy,
    page: pageOf(document),
    directive: directive?.split(' ')[0],
    blocked: fitText(blocked ?? '', 512),
    disposition,
    script: pageOf(script),
    line,
    sample: sample === undefined ? undefined : fitText(sample, 128),
  });
  const domain = hostOf(blocked);
  return {
    kind: 'page.violated',
    ...(observedAt === undefined ? {} : { observedAt }),
    observables: present({ domain, 'user-agent': agent }),
    facts,
  };
}

/** `report-uri`, Content Security Policy level 2: `{"csp-report": {"document-uri", "violated-directive", …}}`. */
const ofReportUri = (report: JsonObject): Violation => ({
  document: textAt(report, 'document-uri'),
  blocked: textAt(report, 'blocked-uri'),
  directive: textAt(report, 'effective-directive') ?? textAt(report, 'violated-directive'),
  disposition: textAt(report, 'disposition'),
  script: textAt(report, 'source-file'),
  line: numberAt(report, 'line-number'),
  sample: textAt(report, 'script-sample'),
  policy: 'csp',
});

/** One entry of the Reporting API: `{"type", "age", "url", "user_agent", "body"}`. */
function ofReportingApi(report: JsonObject): Violation | undefined {
  const type = textAt(report, 'type');
  const body = objectAt(report, 'body');
  const isIntegrity = type === 'integrity-violation';
  if (body === undefined || (type !== 'csp-violation' && !isIntegrity)) return undefined;
  return {
    document: textAt(body, 'documentURL') ?? textAt(report, 'url'),
    blocked: textAt(body, 'blockedURL'),
    directive: textAt(body, 'effectiveDirective') ?? textAt(body, 'destination'),
    disposition: textAt(body, 'disposition') ?? (body.reportOnly === true ? 'report' : undefined),
    script: textAt(body, 'sourceFile'),
    line: numberAt(body, 'lineNumber'),
    sample: textAt(body, 'sample'),
    agent: textAt(report, 'user_agent'),
    policy: isIntegrity ? 'integrity' : 'csp',
  };
}

/**
 * What browsers report of a shop's pages: somebody's script where none should be. Anybody can send such reports, so they
 * are observations and never judgements.
 */
export const cspReport = sourceFormat({
  name: 'csp-report',
  title: "Browsers' reports of broken policies",
  unit: 'document',
  maxBytes: MAX_BODY_BYTES,
  settings: z.object({}),
  reader() {
    return (input, receivedAt): SourceResult => {
      if (input.trimStart().startsWith('[')) return readList(input, receivedAt);
      const body = jsonObject(input);
      if (typeof body === 'string') return { refused: body };
      const report = objectAt(body, 'csp-report');
      if (report === undefined)
        return 'type' in body ? readReports([body], receivedAt) : { refused: 'csp-report: missing' };
      const violation = ofReportUri(report);
      if (violation.document === undefined) return { refused: 'document-uri: missing' };
      const found = reportedOf(violation, undefined);
      return found === undefined ? { ignored: true } : { reported: [found] };
    };
  },
  samples: cspReportSamples,
});

function readList(input: string, receivedAt: number): SourceResult {
  let list: unknown;
  try {
    list = JSON.parse(input);
  } catch {
    return { refused: 'not JSON' };
  }
  if (!Array.isArray(list)) return { refused: 'not a list of reports' };
  if (list.length > MAX_REPORTS) return { refused: `more than ${MAX_REPORTS} reports at once` };
  if (!list.every(isObject)) return { refused: 'not a list of reports' };
  return readReports(list, receivedAt);
}

function readReports(list: readonly JsonObject[], receivedAt: number): SourceResult {
  const reported = list.flatMap((report) => {
    const violation = ofReportingApi(report);
    if (violation === undefined) return [];
    const age = numberAt(report, 'age');
    const at =
      age === undefined || age < 0 || age > MAX_AGE_MS
        ? undefined
        : Math.max(0, Math.round(receivedAt - age));
    return reportedOf(violation, at) ?? [];
  });
  return reported.length === 0 ? { ignored: true } : { reported };
}
