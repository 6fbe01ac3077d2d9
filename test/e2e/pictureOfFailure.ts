import { afterEach } from 'vitest';
import type { Scene } from '../vscode/scene.ts';

/** To be called in a `describe`: leaves a picture of the window where a test has failed. */
export function pictureOfFailure(scene: () => Scene): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const name = task.name.replaceAll(/[^a-z]+/gi, '-').slice(0, 60);
    console.error(await scene().workbench.screenshot(`failed-${name}`));
  });
}
