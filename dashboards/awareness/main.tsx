/** Brings the parts of a page to life that need a script; the page itself is there without. */
import { type ComponentChild, render } from 'preact';
import { IconButton } from '../kit/button.tsx';
import '../kit/kit.css';
import './awareness.css';
import { lessonIds, lessons } from './content/course.ts';
import { Banner } from './islands/banner.tsx';
import { keepPages, remembers, setTheme } from './islands/device.ts';
import { doneHere } from './islands/done-here.ts';
import { fetchItems, fetchLessons, plain } from './islands/words.tsx';

async function island(place: HTMLElement): Promise<ComponentChild> {
  switch (place.dataset.island) {
    case 'quiz': {
      const id = lessonIds.find((one) => one === place.dataset.lesson);
      const lesson = lessons.find((one) => one.id === id);
      const [{ Quiz }, texts] = await Promise.all([import('./islands/quiz.tsx'), fetchLessons()]);
      return id === undefined || lesson === undefined ? null : <Quiz lesson={lesson} texts={texts[id]} />;
    }
    case 'game': {
      const [{ Game }, items, texts] = await Promise.all([
        import('./islands/game.tsx'),
        fetchItems(),
        fetchLessons(),
      ]);
      return <Game texts={items} lessons={texts} />;
    }
    case 'certificate': {
      const [{ Certificate }, texts] = await Promise.all([
        import('./islands/certificate.tsx'),
        fetchLessons(),
      ]);
      return <Certificate lessons={texts} />;
    }
    case 'staff': {
      const [{ Staff }, texts] = await Promise.all([import('./islands/staff.tsx'), fetchLessons()]);
      return <Staff lessons={texts} />;
    }
    case 'check': {
      const { Check } = await import('./islands/check.tsx');
      return <Check />;
    }
    case 'privacy': {
      const { Privacy } = await import('./islands/privacy.tsx');
      return <Privacy />;
    }
    default:
      return null;
  }
}

for (const place of document.querySelectorAll<HTMLElement>('[data-island]'))
  island(place).then(
    (content) => render(content, place),
    (error: unknown) => {
      console.warn(error);
      render(<p class="panel">{plain('error.away')}</p>, place);
    },
  );

const banner = document.getElementById('banner');
if (banner !== null) render(<Banner />, banner);

/** Light or dark, from what is seen now to the other. */
function Look() {
  return (
    <IconButton
      icon="theme-auto"
      label={plain('site.look')}
      onClick={() => {
        const chosen = document.documentElement.dataset.theme;
        const isDark =
          chosen === 'dark' || (chosen === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
        setTheme(isDark ? 'light' : 'dark');
      }}
    />
  );
}
const look = document.getElementById('look');
if (look !== null) render(<Look />, look);

for (const id of doneHere())
  document.querySelector(`[data-lesson="${CSS.escape(id)}"]`)?.classList.add('is-done');
if (remembers.value) keepPages();
