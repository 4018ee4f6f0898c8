/** The end of a printed record: the seal in digits, and room for people's signatures. */
import { MARGIN, type PdfFlow, soft, WIDTH } from './pdf-flow.ts';
import type { ColdChainRecord } from './record.ts';
import type { Seal } from './seal.ts';

export function signatures(
  flow: PdfFlow,
  record: ColdChainRecord,
  { statement, fingerprint, signature }: Seal,
): void {
  flow.need(215);
  flow.heading('Signatures');
  flow.paragraph(
    `Sealed by gateway ${statement.gateway} with Ed25519. The data file and the seal file handed over with this print prove, without the gateway, that nothing was altered: gatehouse record verify FILE.csv FILE.sig --key FINGERPRINT`,
  );
  flow.y -= 4;
  const lines: [string, string][] = [
    ['Key fingerprint', fingerprint],
    ['Signature', signature],
    ['Journal', `${statement.journal.month}, line ${statement.journal.line}, ${statement.journal.chain}`],
    ...(statement.log === undefined
      ? []
      : [['Gateway log', `${statement.log.record}, ${statement.log.chain}`] as [string, string]]),
  ];
  for (const [name, value] of lines) {
    const parts = [value.slice(0, 100), value.slice(100)].filter((part) => part !== '');
    flow.need(parts.length * 10);
    parts.forEach((part, index) => {
      flow.y -= 10;
      if (index === 0) flow.page.text(name, { x: MARGIN, y: flow.y }, { size: 7.5, colour: soft });
      flow.page.text(part, { x: MARGIN + 72, y: flow.y }, { size: 7 });
    });
  }
  flow.y -= 12;
  flow.need(92);
  const half = (WIDTH - 24) / 2;
  (['Reviewed by the responsible person', 'Seen by the inspector'] as const).forEach((who, index) => {
    const x = MARGIN + index * (half + 24);
    const box = { x, y: flow.y - 84, width: half, height: 80 };
    flow.page.frame(box, soft);
    flow.page.text(who, { x: x + 8, y: flow.y - 18 }, { font: 'bold', size: 8.5 });
    for (const [at, label] of [
      [46, 'Name, signature'],
      [72, 'Place, date'],
    ] as const) {
      flow.page.line({ x: x + 8, y: flow.y - at }, { x: x + half - 8, y: flow.y - at }, { colour: soft });
      flow.page.text(label, { x: x + 8, y: flow.y - at - 7.5 }, { size: 6, colour: soft });
    }
  });
  flow.y -= 92;
  flow.paragraph(`End of the record of ${record.fridge.name}, ${record.period.name}.`, {
    size: 7,
    colour: soft,
  });
}
