/**
 * The site as HTML, page by page: pure, from the texts. The build writes it once, so that everything but the game,
 * the quizzes and the forms works without a script.
 */
import { type Audience, type Lesson, lessons } from '../content/course.ts';
import { type LanguageTag, languages, sayIn } from '../content/languages.ts';
import { toldLessons } from '../content/lessons.ts';
import { drawn } from '../pictures/pictures.ts';
import { escapedText, Html, html, speaker } from './html.ts';

/** Names of the files that the build made, relative to the site's root. */
export interface BuiltFiles {
  script: string;
  styles: readonly string[];
}

export interface Page {
  /** `en/lessons/phishing/index.html` */
  file: string;
  text: string;
}

type Section = 'lessons' | 'game' | 'certificate' | 'staff' | 'privacy' | 'check' | 'missing';

/** Every page of a language. */
export function pagesOf(tag: LanguageTag, files: BuiltFiles): Page[] {
  const site = new SiteText(tag, files);
  return [
    site.home(),
    ...lessons.map((lesson) => site.lesson(lesson)),
    site.game(),
    site.certificate(),
    site.check(),
    site.staff(),
    site.privacy(),
    site.missing(),
  ];
}

/** The page at the very root: a browser that follows no redirection chooses by hand. */
export function rootPage(files: BuiltFiles): Page {
  const links = languages.map(
    ({ tag, name }) =>
      html`<li><a class="button" href="./${tag}/" lang="${tag}" hreflang="${tag}">${name}</a></li>`,
  );
  return {
    file: 'index.html',
    text: html`<!doctype html>
<html lang="en" data-density="roomy" data-root="./">
<head>${head('Gatehouse Learn', files, './')}</head>
<body class="learn"><main id="content" class="languages-page"><h1>Gatehouse Learn</h1><ul>${links}</ul></main></body>
</html>
`.text,
  };
}

function head(title: string, { script, styles }: BuiltFiles, root: string): Html {
  return html`
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="theme-color" content="#16325c">
<title>${title}</title>
<link rel="manifest" href="${root}manifest.webmanifest">
<link rel="icon" href="${root}favicon.svg" type="image/svg+xml">
<script src="${root}theme.js"></script>
${styles.map((file) => html`<link rel="stylesheet" href="${root}${file}">`)}
<script type="module" src="${root}${script}"></script>
`;
}

class SiteText {
  readonly #tag: LanguageTag;
  readonly #files: BuiltFiles;
  readonly #say: ReturnType<typeof sayIn>;
  readonly #tell: ReturnType<typeof speaker>;
  readonly #texts: ReturnType<typeof toldLessons>;

  constructor(tag: LanguageTag, files: BuiltFiles) {
    this.#tag = tag;
    this.#files = files;
    this.#say = sayIn(tag);
    this.#tell = speaker(tag);
    this.#texts = toldLessons(tag);
  }

  home(): Page {
    const t = this.#word;
    const cards = (audience: Audience) =>
      lessons.filter((one) => one.audience === audience).map((lesson) => this.#card(lesson));
    return this.#page(
      '',
      'lessons',
      this.#say('home.title').text,
      html`
<div class="hero"><div class="hero-words"><h1>${t('home.title')}</h1><p class="lead">${t('home.lead')}</p>
<p class="hero-actions"><a class="button button-primary button-large" href="game/">${t('home.play')}</a>
<a class="button button-large" href="lessons/fake-shops/">${t('home.learn')}</a></p>
<p class="promise">${t('site.none')}</p></div>
<div class="hero-picture">${new Html(drawn('home', escapedText(this.#say('home.picture').text)))}</div></div>
<div id="banner" class="banner-place"></div>
<section aria-labelledby="shop"><h2 id="shop" class="section-title">${t('home.shop')}</h2><ul class="lesson-cards">${cards('shop')}</ul></section>
<section aria-labelledby="work"><h2 id="work" class="section-title">${t('home.staff')}</h2><ul class="lesson-cards">${cards('staff')}</ul></section>
<div class="teasers"><a class="teaser teaser-game" href="game/"><h2>${t('home.game-title')}</h2><p>${t('home.game-text')}</p></a>
<a class="teaser teaser-certificate" href="certificate/"><h2>${t('home.certificate-title')}</h2><p>${t('home.certificate-text')}</p></a></div>`,
    );
  }

  #card({ id, minutes }: Lesson): Html {
    const { title, summary } = this.#texts[id];
    return html`<li class="lesson-card" data-lesson="${id}"><div class="lesson-card-picture">${new Html(drawn(id))}</div>
<div class="lesson-card-words"><h3><a href="lessons/${id}/">${this.#tell(title)}</a></h3><p>${this.#tell(summary)}</p>
<p class="lesson-card-foot">${this.#word('lesson.minutes', { count: minutes })}</p></div></li>`;
  }

  lesson(lesson: Lesson): Page {
    const t = this.#word;
    const say = this.#tell;
    const words = this.#texts[lesson.id];
    const next = lessons[lessons.indexOf(lesson) + 1];
    const sections = words.sections.map(
      ({ heading, text, points }) => html`<section class="prose"><h2>${say(heading)}</h2><p>${say(text)}</p>
${points.length === 0 ? undefined : html`<ul class="points">${points.map((point) => html`<li>${say(point)}</li>`)}</ul>`}</section>`,
    );
    const questions = words.questions.map(({ ask, answers, because }, index) => {
      const right = answers[lesson.right[index] ?? 0];
      return html`<li><p>${say(ask)}</p>${right === undefined ? undefined : html`<p><strong>${say(right)}</strong></p>`}<p>${say(because)}</p></li>`;
    });
    return this.#page(
      `lessons/${lesson.id}/`,
      'lessons',
      words.title.text,
      html`
<article class="lesson"><header class="lesson-head"><div><p class="lesson-over">${t('nav.lessons')} · ${t('lesson.minutes', { count: lesson.minutes })}</p>
<h1>${say(words.title)}</h1><p class="lead">${say(words.summary)}</p></div>
<div class="lesson-picture">${new Html(drawn(lesson.id, escapedText(words.picture.text)))}</div></header>
<div class="lesson-body">${sections}
<section class="attempt" aria-labelledby="try"><h2 id="try">${t('lesson.try')}</h2><p>${say(words.attempt.situation)}</p>
<details><summary>${t('lesson.try-open')}</summary><p>${say(words.attempt.answer)}</p></details></section>
<section class="takeaways" aria-labelledby="take"><h2 id="take">${t('lesson.take')}</h2><ul>${words.takeaways.map((one) => html`<li>${say(one)}</li>`)}</ul></section>
<section class="quiz" aria-labelledby="quiz"><h2 id="quiz">${t('lesson.quiz')}</h2><div data-island="quiz" data-lesson="${lesson.id}"></div>
<noscript><p>${t('lesson.quiz-without')}</p><ol class="without">${questions}</ol></noscript></section>
<p class="lesson-end">${next === undefined ? undefined : html`<a class="button button-primary" href="../${next.id}/">${t('lesson.next')}: ${say(this.#texts[next.id].title)}</a>`}
<a class="button" href="../../">${t('lesson.all')}</a></p></div></article>`,
    );
  }

  game(): Page {
    return this.#tool('game', 'game.title', 'game.lead', 'game.needs');
  }
  certificate(): Page {
    const check = html`<p class="beside"><a class="link" href="../check/">${this.#word('nav.check')}</a></p>`;
    return this.#tool('certificate', 'certificate.title', 'certificate.lead', 'certificate.needs', check);
  }
  check(): Page {
    return this.#tool('check', 'check.title', 'check.lead', 'certificate.needs');
  }
  staff(): Page {
    return this.#tool('staff', 'staff.title', 'staff.lead', 'certificate.needs');
  }

  privacy(): Page {
    const t = this.#word;
    const rows = (['privacy.no-1', 'privacy.no-2', 'privacy.no-3', 'privacy.no-4'] as const).map(
      (key) => html`<li>${t(key)}</li>`,
    );
    return this.#page(
      'privacy/',
      'privacy',
      this.#say('privacy.title').text,
      html`<div class="tool"><h1>${t('privacy.title')}</h1>
<p class="lead">${t('privacy.lead')}</p><ul class="points">${rows}</ul>
<section class="panel" aria-labelledby="device"><h2 id="device">${t('privacy.device')}</h2><p>${t('privacy.device-text')}</p>
<div data-island="privacy"></div><noscript><p>${t('privacy.needs')}</p></noscript></section></div>`,
    );
  }

  missing(): Page {
    const t = this.#word;
    const page = this.#page(
      'missing/',
      'missing',
      this.#say('missing.title').text,
      html`<div class="tool"><h1>${t('missing.title')}</h1>
<p class="lead">${t('missing.text')}</p><p><a class="button button-primary" href="../">${t('lesson.all')}</a></p></div>`,
    );
    return page;
  }

  #tool(
    name: 'game' | 'certificate' | 'check' | 'staff',
    title: 'game.title' | 'certificate.title' | 'check.title' | 'staff.title',
    lead: 'game.lead' | 'certificate.lead' | 'check.lead' | 'staff.lead',
    needs: 'game.needs' | 'certificate.needs',
    beside?: Html,
  ): Page {
    const t = this.#word;
    return this.#page(
      `${name}/`,
      name,
      this.#say(title).text,
      html`<div class="tool tool-${name}"><h1>${t(title)}</h1>
<p class="lead">${t(lead)}</p><div data-island="${name}"></div><noscript><p class="panel">${t(needs)}</p></noscript>${beside}</div>`,
    );
  }

  readonly #word = (...[key, parameters]: Parameters<ReturnType<typeof sayIn>>): Html =>
    this.#tell(this.#say(key, parameters));

  /** @param path of the page below its language, `lessons/phishing/` */
  #page(path: string, section: Section, title: string, content: Html): Page {
    const t = this.#word;
    const home = '../'.repeat(path.split('/').length - 1) || './';
    const root = home === './' ? '../' : `${home}../`;
    const nav = (
      [
        ['lessons', home],
        ['game', `${home}game/`],
        ['certificate', `${home}certificate/`],
        ['staff', `${home}staff/`],
      ] as const
    ).map(
      ([name, href]) =>
        html`<li><a href="${href}"${name === section ? html` aria-current="page"` : undefined}>${t(`nav.${name}`)}</a></li>`,
    );
    const others = languages.map(({ tag, name, isComplete }) => {
      const current = tag === this.#tag ? html` aria-current="true"` : undefined;
      const partly = isComplete
        ? undefined
        : html` <span class="faint">(${sayIn(tag)('site.partly').text})</span>`;
      return html`<li><a href="${root}${tag}/${path}" lang="${tag}" hreflang="${tag}"${current}>${name}${partly}</a></li>`;
    });
    return {
      file: `${this.#tag}/${path}index.html`,
      text: html`<!doctype html>
<html lang="${this.#tag}" data-density="roomy" data-root="${root}" data-home="${home}">
<head>${head(`${title} · ${this.#say('site.name').text}`, this.#files, root)}</head>
<body class="learn">
<a class="skip" href="#content">${t('site.skip')}</a>
<header class="top"><a class="brand" href="${home}"><svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true"><path d="M4 21V9.5L12 4l8 5.5V21M8.500 21v-6.5a3.500 3.500 0 0 1 7 0V21"></path></svg>${t('site.name')}</a>
<nav class="sections" aria-label="${this.#say('site.sections').text}"><ul>${nav}</ul></nav><div id="look"></div></header>
<main id="content" tabindex="-1">${content}</main>
<footer class="foot"><p class="promise">${t('site.none')}</p>
<nav class="languages" aria-label="${this.#say('site.languages').text}"><ul>${others}</ul></nav>
<p><a class="link" href="${home}privacy/">${t('nav.privacy')}</a> · <a class="link" href="${home}check/">${t('nav.check')}</a></p></footer>
</body>
</html>
`.text,
    };
  }
}
