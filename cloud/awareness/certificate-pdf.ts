import PDFDocument from 'pdfkit';
import { create } from 'qrcode';
import { type CertificateFacts, startOfDay } from './certificate.ts';

interface Wording {
  title: string;
  holds: string;
  course: Record<'shop' | 'staff', string>;
  passed: (day: string, percent: number) => string;
  number: string;
  check: string;
}

const words: Readonly<Record<'en' | 'de', Wording>> = {
  en: {
    title: 'Certificate',
    holds: 'has passed the course',
    course: { shop: 'Shopping safely', staff: 'Safe at work' },
    passed: (day, percent) => `on ${day} with ${percent} % of the answers right.`,
    number: 'Number',
    check: 'Whoever wants to check it enters the number on the learning site under "Check a certificate".',
  },
  de: {
    title: 'Zertifikat',
    holds: 'hat den Kurs bestanden',
    course: { shop: 'Sicher einkaufen', staff: 'Sicher arbeiten' },
    passed: (day, percent) => `am ${day} mit ${percent} % richtigen Antworten.`,
    number: 'Nummer',
    check: 'Wer es prüfen möchte, gibt die Nummer auf der Lernseite unter „Zertifikat prüfen“ ein.',
  },
};

const INK = '#14181f';
const SOFT = '#5c6673';
const ACCENT = '#16325c';
const QR_POINTS = 96;

/** What the fonts of every reader can write; another letter would come out as a wrong one. */
export const isPrintable = (name: string): boolean =>
  /^[\u0020-\u007e\u00a1-\u00ff‘’“”–—ŠšŽžŒœŸ€]+$/.test(name);

/**
 * One page, A4 across. Names beyond Western European letters are refused by `isPrintable` before.
 * @param checkAddress where a telephone that reads the square is led; without it there is no square
 */
export function certificatePdf(
  facts: CertificateFacts,
  {
    name,
    number,
    language,
    checkAddress,
  }: { name: string; number: string; language: string; checkAddress: string | undefined },
): Promise<Uint8Array<ArrayBuffer>> {
  const tag = language === 'de' ? 'de' : 'en';
  const w = words[tag];
  const at = startOfDay(facts.day);
  const day = new Intl.DateTimeFormat(tag === 'en' ? 'en-GB' : tag, {
    dateStyle: 'long',
    timeZone: 'UTC',
  }).format(at);
  const pdf = new PDFDocument({
    size: 'A4',
    layout: 'landscape',
    margin: 56,
    lang: tag,
    info: { Title: `${w.title}: ${w.course[facts.course]}`, CreationDate: new Date(at) },
  });
  const { width, height } = pdf.page;
  pdf
    .rect(24, 24, width - 48, height - 48)
    .lineWidth(1.5)
    .stroke(ACCENT);
  pdf.rect(24, 24, width - 48, 10).fill(ACCENT);
  pdf.save().translate(56, 62).scale(1.7).lineWidth(1.8).lineCap('round').strokeColor(ACCENT);
  pdf.path('M4 21V9.5L12 4l8 5.5V21M8.5 21v-6.5a3.5 3.5 0 0 1 7 0V21').stroke().restore();
  pdf.font('Helvetica-Bold').fontSize(13).fillColor(ACCENT).text('Gatehouse Learn', 106, 80);
  pdf.font('Helvetica-Bold').fontSize(44).fillColor(INK).text(w.title, 56, 148);
  // A long name is made smaller, never cut.
  const room = width - 112;
  pdf.font('Helvetica').fontSize(30);
  const size = Math.min(30, (30 * room) / pdf.widthOfString(name));
  pdf.fontSize(size).fillColor(ACCENT).text(name, 56, 226, { lineBreak: false });
  pdf.fontSize(16).fillColor(SOFT).text(w.holds, 56, 274);
  pdf.font('Helvetica-Bold').fontSize(24).fillColor(INK).text(w.course[facts.course], 56, 300);
  pdf.font('Helvetica').fontSize(16).fillColor(SOFT).text(w.passed(day, facts.percent), 56, 338);
  pdf.fontSize(10).fillColor(SOFT).text(w.number, 56, 438);
  pdf.font('Courier-Bold').fontSize(13).fillColor(INK).text(number, 56, 454);
  pdf
    .font('Helvetica')
    .fontSize(10)
    .fillColor(SOFT)
    .text(w.check, 56, 478, { width: room - QR_POINTS - 24 });
  if (checkAddress !== undefined)
    square(pdf, `${checkAddress}#${number}`, width - 56 - QR_POINTS, height - 56 - QR_POINTS);
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Uint8Array.from(Buffer.concat(chunks))));
    pdf.on('error', reject);
    pdf.end();
  });
}

function square(pdf: PDFKit.PDFDocument, text: string, x: number, y: number): void {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const step = QR_POINTS / modules.size;
  for (let row = 0; row < modules.size; row++)
    for (let column = 0; column < modules.size; column++)
      if (modules.get(row, column)) pdf.rect(x + column * step, y + row * step, step, step);
  pdf.fill(INK);
}
