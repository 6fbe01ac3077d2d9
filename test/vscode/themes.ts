/** The four kinds of theme, by the word that stands in the name of a screenshot. */
export const themes = {
  light: { id: 'Light Modern', workbenchClass: 'vs' },
  dark: { id: 'Dark Modern', workbenchClass: 'vs-dark' },
  'hc-dark': { id: 'Default High Contrast', workbenchClass: 'hc-black' },
  'hc-light': { id: 'Default High Contrast Light', workbenchClass: 'hc-light' },
} as const;

export type Theme = keyof typeof themes;

export const themeNames = Object.keys(themes) as readonly Theme[];
