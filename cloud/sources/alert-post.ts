import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import type { Facts } from '../../devices/model/observation.ts';
import { evidenceIn } from './alert-evidence.ts';
import { anyInstant } from './instants.ts';
import { isObject, type JsonObject, jsonObject, numberAt, objectAt, present, textAt } from './json-line.ts';
import { fitText } from './plain-text.ts';
import { type Reported, sourceFormat } from './source.ts';

const MAX_ALERT_BYTES = 256 * 1024;
const MAX_ELEMENTS = 64;
/** So many pieces of evidence are shown, each cut to MAX_EVIDENCE_LENGTH. */
const MAX_EVIDENCE_SHOWN = 8;
const MAX_EVIDENCE_LENGTH = 512;

const severities: Readonly<Record<string, Severity>> = {
  INFO: 'info',
  LOW: 'low',
  MEDIUM: 'medium',
  HIGH: 'high',
  CRITICAL: 'critical',
};

/** A list, or its only entry without the list. */
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** Its own name, as text or as a number. */
const nameAt = (object: JsonObject | undefined, key: string): string | undefined =>
  textAt(object, key) ?? numberAt(object, key)?.toString();

/** An alert of the network is one; the rest a host, a door or a person has noted. */
const kindOf = (type: string): Reported['kind'] =>
  /\b(?:network|ids|ips|nids|traffic|flow|packet|dns)\b/i.test(type.replaceAll('_', ' '))
    ? 'network.alerted'
    : 'host.logged';

/** JSON with its keys in order: the same alert is the same text, however its sender wrote it. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  return Object.keys(value)
    .sort()
    .map((key) => [key, canonical(value[key])]);
}

/** Deeper than any evidence; a deeper document is an attack on whoever walks through it. */
const MAX_DEPTH = 64;

function isDeeper(value: unknown, than: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((entry) => isDeeper(entry, than - 1));
}

/** The evidence as a person reads it: its kind, its time, and its content, cut. */
function shownEvidence(data: readonly unknown[]): Facts {
  const shown: Facts = {};
  data.slice(0, MAX_EVIDENCE_SHOWN).forEach((entry, index) => {
    if (!isObject(entry)) return;
    const content = entry.jsonContent ?? entry.content;
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? {});
    const title = textAt(entry, 'type') ?? textAt(entry, 'contentType') ?? 'data';
    shown[`evidence.${index + 1}`] = fitText(`${title}: ${text}`, MAX_EVIDENCE_LENGTH);
  });
  return shown;
}

/** Content may be JSON within a text. */
function opened(entry: unknown): unknown {
  if (!isObject(entry) || typeof entry.jsonContent !== 'string') return entry;
  const content = jsonObject(entry.jsonContent);
  return typeof content === 'string' || isDeeper(content, MAX_DEPTH)
    ? entry
    : { ...entry, jsonContent: content };
}

const alertOf = (over: Record<string, unknown>, partner = 'partner-x') =>
  JSON.stringify({
    version: '1.0',
    partner,
    id: 'm-1',
    alert: {
      id: '4711',
      type: 'network/port-scan',
      startTS: '2026-11-23T07:00:01Z',
      endTS: '2026-11-23T07:00:31Z',
      eCommerceEcoId: 'linden',
      severity: 'HIGH',
      EE_Element: [{ id: 'web-shop', elementType: 'EEAsset', assetType: 'cyber/shop' }],
      detector: { type: 'NIDS', providerId: 'p-1', sourceId: 's-1' },
      ...over,
    },
  });
const at = Date.UTC(2026, 10, 23, 7, 0, 1);

/**
 * A partner's alert, one HTTP POST each: it names the assets that it touches and carries its evidence. The
 * same alert sent again is the same record; the same id with another content is a new one.
 */
export const alertPost = sourceFormat({
  name: 'alert-post',
  title: "Partner's alerts",
  unit: 'document',
  maxBytes: MAX_ALERT_BYTES,
  settings: z.object({}),
  reader(_, { timeZone }) {
    return (input) => {
      const document = jsonObject(input);
      if (typeof document === 'string') return { refused: document };
      if (isDeeper(document, MAX_DEPTH)) return { refused: `nested deeper than ${MAX_DEPTH} levels` };
      const alert = objectAt(document, 'alert');
      if (alert === undefined) return { refused: 'alert: missing' };
      const partner = textAt(document, 'partner');
      if (partner === undefined) return { refused: 'partner: missing' };
      const id = nameAt(alert, 'id') ?? nameAt(document, 'id');
      if (id === undefined) return { refused: 'alert.id: missing' };
      const type = textAt(alert, 'type');
      if (type === undefined) return { refused: 'alert.type: missing' };
      const observedAt = anyInstant(alert.startTS, timeZone);
      if (alert.startTS !== undefined && alert.startTS !== null && observedAt === undefined)
        return { refused: 'alert.startTS: expected an ISO 8601 time or a number' };

      const elements = listOf(alert.EE_Element).filter(isObject).slice(0, MAX_ELEMENTS);
      const assets = [...new Set(elements.flatMap((element) => nameAt(element, 'id') ?? []))];
      const data = listOf(alert.data).map(opened);
      const { observables, subjects } = evidenceIn(data);
      const stated = nameAt(alert, 'severity');
      const severity = severities[stated?.toUpperCase() ?? ''];
      const detector = objectAt(alert, 'detector');
      const endedAt = anyInstant(alert.endTS, timeZone);
      const [subject] = subjects;
      const [asset] = assets;
      const content = createHash('sha256')
        .update(JSON.stringify([partner, canonical(alert)]))
        .digest('hex');
      return {
        reported: [
          {
            kind: kindOf(`${type} ${textAt(detector, 'type') ?? ''}`),
            id: `${fitText(id, 512)}/${content.slice(0, 12)}`,
            ...(observedAt === undefined ? {} : { observedAt }),
            ...(subject === undefined ? {} : { subjects: subject }),
            observables,
            facts: present<string | number>({
              partner,
              alert: id,
              type,
              severity: stated,
              ecosystem: nameAt(alert, 'eCommerceEcoId'),
              detector: textAt(detector, 'type'),
              provider: nameAt(detector, 'providerId'),
              detectorSource: nameAt(detector, 'sourceId'),
              durationMs:
                observedAt === undefined || endedAt === undefined || endedAt < observedAt
                  ? undefined
                  : endedAt - observedAt,
              evidence: data.length,
              ...shownEvidence(data),
            }),
            ...(asset === undefined ? {} : { asset }),
            judged: {
              rule: fitText(`${partner}:${type}`, 256),
              // A word that nobody knows must not make an alert disappear.
              severity: severity ?? 'medium',
              summary: fitText(
                `${partner} reports ${type.replaceAll('/', ': ').replace(/[-_]+/g, ' ')}${assets.length === 0 ? '' : ` on ${assets.slice(0, 5).join(', ')}`}`,
                1_000,
              ),
              ...(assets.length === 0 ? {} : { assets }),
              ...(subjects.length > 1 ? { subjects: subjects.slice(1) } : {}),
            },
          },
        ],
      };
    };
  },
  samples: [
    {
      name: 'a port scan on the web shop, with its evidence as JSON within a text',
      input: alertOf({
        data: [
          {
            contentType: 'application/json',
            type: 'flow',
            startTS: '2026-11-23T07:00:01Z',
            dataSource: { hostname: 'sensor-1' },
            jsonContent: '{"src_ip":"203.0.113.7","user":"a.weber","ports":[22,80]}',
          },
        ],
      }),
      expect: {
        reported: [
          {
            kind: 'network.alerted',
            id: '4711/1b2ac3224750',
            observedAt: at,
            subjects: { account: 'a.weber' },
            observables: { ip: '203.0.113.7', host: 'sensor-1' },
            facts: {
              partner: 'partner-x',
              alert: '4711',
              type: 'network/port-scan',
              severity: 'HIGH',
              ecosystem: 'linden',
              detector: 'NIDS',
              provider: 'p-1',
              detectorSource: 's-1',
              durationMs: 30_000,
              evidence: 1,
              'evidence.1': 'flow: {"src_ip":"203.0.113.7","user":"a.weber","ports":[22,80]}',
            },
            asset: 'web-shop',
            judged: {
              rule: 'partner-x:network/port-scan',
              severity: 'high',
              summary: 'partner-x reports network: port scan on web-shop',
              assets: ['web-shop'],
            },
          },
        ],
      },
    },
    {
      name: 'a physical alert with one element, seconds since 1970 and a severity of its own',
      input: alertOf({
        id: 12,
        type: 'physical/cold_chain',
        startTS: at / 1_000,
        endTS: null,
        severity: 'SEVERE',
        EE_Element: { id: 'fridge-1' },
        detector: { type: 'sensor' },
      }),
      expect: {
        reported: [
          {
            kind: 'host.logged',
            id: '12/c12c75f9eb95',
            observedAt: at,
            observables: {},
            facts: {
              partner: 'partner-x',
              alert: '12',
              type: 'physical/cold_chain',
              severity: 'SEVERE',
              ecosystem: 'linden',
              detector: 'sensor',
              evidence: 0,
            },
            asset: 'fridge-1',
            judged: {
              rule: 'partner-x:physical/cold_chain',
              severity: 'medium',
              summary: 'partner-x reports physical: cold chain on fridge-1',
              assets: ['fridge-1'],
            },
          },
        ],
      },
    },
    {
      name: 'no alert inside',
      input: '{"version":"1.0","partner":"x"}',
      expect: { refused: 'alert: missing' },
    },
    {
      name: 'nobody says who',
      input: '{"alert":{"id":"1","type":"a/b"}}',
      expect: { refused: 'partner: missing' },
    },
    {
      name: 'a time in words',
      input: alertOf({ startTS: 'now' }),
      expect: { refused: 'alert.startTS: expected an ISO 8601 time or a number' },
    },
  ],
});
