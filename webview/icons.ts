/** Line icons of our own on a 16 px grid; they take the colour of the text around them. */
const PATHS = {
  create: 'M8 3v10M3 8h10',
  update: 'M3 11.5 10.5 4l1.5 1.5L4.5 13H3z',
  adopt: 'M6.5 9.5l3-3M5 8 3.6 9.4a2.1 2.1 0 0 0 3 3L8 11M11 8l1.4-1.4a2.1 2.1 0 0 0-3-3L8 5',
  done: 'M3 8.5 6.5 12 13 4.5',
  failed: 'M4 4l8 8M12 4l-8 8',
  warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.8v.4',
  info: 'M8 7.5V12M8 4.5v.4',
  skipped: 'M4 8h8',
  waiting: 'M8 5.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z',
  handedOff: 'M8 2.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM3.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4',
  remove: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4.5M9 7v4.5',
  open: 'M3 8h9M8.5 4.5 12 8l-3.5 3.5M14 3v10',
  cost: 'M8 2.5v11M11 4.8C10.4 4.1 9.3 3.8 8 3.8c-1.7 0-3 .8-3 2.1s1.2 1.8 3 2.1 3 .9 3 2.1-1.3 2.1-3 2.1c-1.4 0-2.5-.4-3.1-1.1',
  unknown: 'M5.8 6a2.2 2.2 0 1 1 3.3 1.9c-.7.4-1.1.9-1.1 1.6M8 12v.4',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  locked: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  chevron: 'M4 6l4 4 4-4',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon that says nothing by itself: the text beside it does. */
export function icon(name: IconName): SVGSVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
