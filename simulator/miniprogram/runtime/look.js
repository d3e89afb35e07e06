/* Sizes and colours of the phone around a page. */

export const STATUS_HEIGHT = 44;
export const BAR_HEIGHT = 44;

/** What the phone is set to: light or dark. */
export function theme() {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
