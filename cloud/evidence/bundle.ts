/**
 * All evidence of one incident in one file: the trail's part with its proofs, the observations as they came with the
 * chains of their gateways, pictures, what people did, what the registry says. `gatehouse verify` needs nothing else.
 */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { GENESIS, type Lane, lanes } from '../../devices/wire.ts';
import { readEntry } from '../audit/entry.ts';
import { base64, exportLines } from '../audit/export.ts';
import { inclusionProof } from '../audit/merkle.ts';
import type { NoteSigner } from '../audit/note.ts';
import type { TileLog } from '../audit/tile-log.ts';
import type { Store } from '../store/store.ts';
import {
  BUNDLE_FORMAT,
  MANIFEST,
  MANIFEST_NOTE,
  type Manifest,
  manifestText,
  type RecordLine,
  sha256Hex,
} from './manifest.ts';
import { type TarFile, tarOf } from './tar.ts';

/** Detections and observations of one bundle, and pictures. */
const MAX_DETECTIONS = 5_000;
const MAX_OBSERVATIONS = 5_000;
const MAX_PICTURES = 200;
/** Records of one run: between two entries of the trail there are seldom more than a few. */
const MAX_RUN = 2_000;
/** Pictures so long before the first and after the last detection. */
const AROUND_MS = 3 * 60_000;

export interface BundleParts {
  store: Store;
  registry: Registry;
  log: TileLog;
  signer: NoteSigner;
  exportedAt: number;
}

/** @throws RangeError where there is no such incident */
export async function bundleOf(id: string, parts: BundleParts): Promise<Uint8Array> {
  const { store, registry, log, signer, exportedAt } = parts;
  const incident = store.incident(id);
  if (incident === undefined) throw new RangeError(`there is no incident ${id}`);
  const detections = incident.detections
    .slice(0, MAX_DETECTIONS)
    .flatMap((one) => store.detection(one) ?? [])
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const trail: string[] = [];
  for await (const line of exportLines({ log, signer, store, exportedAt }, { incident: incident.id }))
    trail.push(line);
  const { files: pictures, lines: pictureLines } = picturesOf(incident, parts);
  const files: TarFile[] = [
    { name: 'README.txt', bytes: Buffer.from(readme(incident)) },
    { name: 'incident.json', bytes: Buffer.from(`${JSON.stringify(incident, null, 2)}\n`) },
    linesFile('detections.ndjson', detections),
    linesFile('records.ndjson', await recordsOf(detections, parts)),
    linesFile('activities.ndjson', store.activities(incident.id)),
    linesFile('pictures.ndjson', pictureLines),
    ...pictures,
    {
      name: 'registry.json',
      bytes: Buffer.from(`${JSON.stringify(extractOf(incident, registry), null, 2)}\n`),
    },
    { name: 'trail.ndjson', bytes: Buffer.from(trail.join('')) },
    { name: 'checkpoint', bytes: Buffer.from(log.note) },
    { name: 'key', bytes: Buffer.from(`${signer.text}\n`) },
  ];
  const manifest: Manifest = {
    format: BUNDLE_FORMAT,
    incident: incident.id,
    title: incident.title,
    exportedAt,
    key: signer.text,
    files: files.map(({ name, bytes }) => ({
      name,
      bytes: bytes.length,
      sha256: sha256Hex(bytes),
      ...(name.endsWith('.ndjson') ? { lines: linesOfBytes(bytes).map((line) => sha256Hex(line)) } : {}),
    })),
  };
  const manifestBytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
  const note = signer.sign(manifestText(signer.name, manifestBytes));
  return tarOf(
    [{ name: MANIFEST, bytes: manifestBytes }, { name: MANIFEST_NOTE, bytes: Buffer.from(note) }, ...files],
    exportedAt,
  );
}

const linesFile = (name: string, values: readonly object[]): TarFile => ({
  name,
  bytes: Buffer.from(values.map((value) => `${JSON.stringify(value)}\n`).join('')),
});

/** Lines without their line feeds. */
export const linesOfBytes = (bytes: Uint8Array): string[] => {
  const text = Buffer.from(bytes).toString();
  return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
};

interface Anchor {
  sequence: number;
  chain: string;
  number: number;
  entry: string;
}

/** The observations, those of gateways within the run of their chain that the trail holds both ends of. */
async function recordsOf(
  detections: readonly Detection[],
  { store, log }: BundleParts,
): Promise<RecordLine[]> {
  const ids = [...new Set(detections.flatMap(({ evidence }) => evidence))].slice(0, MAX_OBSERVATIONS);
  const ofLane = new Map<string, { gateway: string; epoch: string; lane: Lane; sequences: Set<number> }>();
  const own: string[] = [];
  for (const id of ids) {
    const [gateway, epoch, digits, ...more] = id.split('/');
    const sequence = Number(digits);
    const lane =
      gateway === undefined || epoch === undefined || more.length > 0 || !Number.isSafeInteger(sequence)
        ? undefined
        : lanes.find(
            (one) => store.chained({ gateway, epoch, lane: one }, sequence - 1, 1)[0]?.sequence === sequence,
          );
    if (lane === undefined || gateway === undefined || epoch === undefined) {
      own.push(id);
      continue;
    }
    const key = `${gateway}/${epoch}/${lane}`;
    const entry = ofLane.get(key) ?? { gateway, epoch, lane, sequences: new Set<number>() };
    entry.sequences.add(sequence);
    ofLane.set(key, entry);
  }
  const anchors = await anchorsOf(log, new Set(ofLane.keys()));
  const { size } = log.checkpoint;
  const proved = async ({ number, entry }: Anchor) => ({
    number,
    entry,
    proof: (await inclusionProof(number, size, log.range)).map(base64),
  });
  const lines: RecordLine[] = [];
  for (const [key, { gateway, epoch, lane, sequences }] of ofLane) {
    const stops = anchors.get(key) ?? [];
    const left = [...sequences].sort((a, b) => a - b);
    while (left.length > 0) {
      const first = left[0] ?? 0;
      const begins = stops.findLast((stop) => stop.sequence < first);
      const after = begins?.sequence ?? 0;
      const ends = stops.find((stop) => stop.sequence >= first);
      const run = store
        .chained({ gateway, epoch, lane }, after, MAX_RUN)
        .filter(({ sequence }) => sequence <= (ends?.sequence ?? first));
      const isWhole = ends !== undefined && run.at(-1)?.sequence === ends.sequence;
      lines.push({
        run: {
          gateway,
          epoch,
          lane,
          after,
          chain: begins?.chain ?? GENESIS,
          ...(begins === undefined ? {} : { begins: await proved(begins) }),
          ...(isWhole ? { ends: await proved(ends) } : {}),
        },
      });
      for (const { sequence, chain, json } of run)
        lines.push({ record: { sequence, chain, json, evidence: sequences.has(sequence) } });
      const last = run.at(-1)?.sequence ?? first;
      while (left[0] !== undefined && left[0] <= Math.max(last, first)) left.shift();
    }
  }
  for (const observation of store.observations({ ids: own, limit: own.length }).reverse())
    lines.push({ observation });
  return lines;
}

/** What the trail says of some lanes, in order of their sequences. */
async function anchorsOf(log: TileLog, wanted: ReadonlySet<string>): Promise<Map<string, Anchor[]>> {
  const anchors = new Map<string, Anchor[]>();
  if (wanted.size === 0) return anchors;
  let number = 0;
  for await (const bytes of log.entries(0, log.checkpoint.size)) {
    const read = readEntry(bytes);
    if (typeof read !== 'string' && read.body.type === 'lane') {
      const { gateway, epoch, lane, sequence, chain } = read.body;
      const key = `${gateway}/${epoch}/${lane}`;
      if (wanted.has(key)) {
        const entry = Buffer.from(bytes).toString();
        anchors.set(key, [...(anchors.get(key) ?? []), { sequence, chain, number, entry }]);
      }
    }
    number++;
  }
  for (const list of anchors.values()) list.sort((a, b) => a.sequence - b.sequence);
  return anchors;
}

function picturesOf(
  { assets, first, last, detections }: Incident,
  { store, registry }: BundleParts,
): { files: TarFile[]; lines: object[] } {
  const sites = new Set(assets.flatMap((id) => registry.asset(id)?.site ?? []));
  const cameras = [...sites]
    .flatMap((site) => registry.assetsOf(site))
    .filter(({ kind }) => kind === 'camera')
    .map(({ id }) => id);
  const own = new Set(detections);
  const taken =
    cameras.length === 0 ? [] : store.picturesOf(cameras, first - AROUND_MS, last + AROUND_MS, MAX_PICTURES);
  const files: TarFile[] = [];
  const lines: object[] = [];
  for (const { id, asset, takenAt, detection } of taken) {
    if (detection !== undefined && !own.has(detection)) continue;
    const picture = store.picture(id);
    if (picture === undefined) continue;
    const name = `pictures/${String(files.length + 1).padStart(3, '0')}.jpg`;
    const bytes = Buffer.from(picture.base64, 'base64');
    files.push({ name, bytes });
    lines.push({ file: name, id, asset, takenAt, sha256: sha256Hex(bytes) });
  }
  return { files, lines };
}

/** What the registry says of all that it names. */
function extractOf({ assets, identities }: Incident, registry: Registry): object {
  const known = assets.flatMap((id) => registry.asset(id) ?? []);
  const zones = new Set(
    known.flatMap(({ zone, connects }) => [...(zone === undefined ? [] : [zone]), ...(connects ?? [])]),
  );
  return {
    sites: [...new Set(known.map(({ site }) => site))].flatMap((id) => registry.site(id) ?? []),
    zones: [...zones].flatMap((id) => registry.zone(id) ?? []),
    assets: known,
    identities: identities.flatMap((id) => registry.identity(id) ?? []),
  };
}

const readme = ({ id, title }: Incident): string => `Evidence of the incident ${id}
${title}

Check it, offline, with:  gatehouse verify THIS-FILE.tar --key THE-KEY-YOU-WERE-GIVEN

incident.json       the incident as it stands
detections.ndjson   what rules found, oldest first
records.ndjson      the observations as they came; those of gateways within their hash chain, whose ends are in the trail
pictures/           pictures of cameras around it; pictures.ndjson says which
activities.ndjson   what people did
registry.json       what the registry says of its sites, zones, assets and people
trail.ndjson        the audit trail's entries about it, each with its Merkle proof
checkpoint, key     the trail's signed state, and the key that signed it
manifest.json       the hash of every file and line; manifest.note is the signature over it
`;
