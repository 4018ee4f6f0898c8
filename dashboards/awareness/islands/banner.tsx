import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { PublicCampaigns } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { type LessonTexts, lessonIds } from '../content/course.ts';
import type { Told } from '../content/said.ts';
import { pageAddress } from './device.ts';
import { fetchCampaigns } from './learn-requests.ts';
import { fetchLessons, plain, Saying, T, tag } from './words.tsx';

/** What is going on just now. Without network, or without a warning, there is nothing to see. */
export function Banner() {
  const campaigns = useSignal<PublicCampaigns['items']>([]);
  const lessons = useSignal<Told<LessonTexts> | undefined>(undefined);
  useEffect(() => {
    fetchCampaigns().then(
      async ({ items }) => {
        campaigns.value = items;
        if (items.length > 0) lessons.value = await fetchLessons();
      },
      () => undefined,
    );
  }, []);
  return (
    <>
      {campaigns.value.map(({ id, text, lesson }) => {
        const own = text[tag];
        const known = lessonIds.find((one) => one === lesson);
        return (
          <section key={id} class="banner" aria-label={plain('banner.label')}>
            <Icon name="warning" size={26} />
            <div>
              <p class="banner-text">
                <Saying
                  of={own === undefined ? { text: text.en ?? '', lang: 'en' } : { text: own, lang: tag }}
                />
              </p>
              {known === undefined || lessons.value === undefined ? null : (
                <a class="link" href={pageAddress(`lessons/${known}/`)}>
                  <T k="banner.lesson" with={{ title: lessons.value[known].title.text }} />
                </a>
              )}
            </div>
          </section>
        );
      })}
    </>
  );
}
