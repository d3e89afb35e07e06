/* Our own icons: lines of 1.8 on a field of 24, drawn in the colour of the text around them. */

/** @type {Record<string, string>} what stands inside <svg> */
module.exports = {
  arrow: '<path d="M9 5l7 7-7 7"/>',
  check: '<path d="M5 12.5l4.500 4.500L19 7.500"/>',
  search: '<circle cx="11" cy="11" r="6.500"/><path d="M16 16l4.500 4.500"/>',
  clear: '<circle cx="12" cy="12" r="8.500"/><path d="M9 9l6 6M15 9l-6 6"/>',
  file: '<path d="M6.500 3.500h7l4 4v13h-11zM13.500 3.500v4h4"/>',
  voice: '<rect x="9" y="3.500" width="6" height="11" rx="3"/><path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v2.500"/>',
  link: '<path d="M10 14a4 4 0 0 0 5.700.300l3-3a4 4 0 0 0-5.700-5.700l-1 1M14 10a4 4 0 0 0-5.700-.300l-3 3a4 4 0 0 0 5.700 5.700l1-1"/>',
  bell: '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4"/>',
  pen: '<path d="M4.500 19.500l1-4L16 5l3 3L8.500 18.500zM14 7l3 3"/>',
  lock: '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
  cloud: '<path d="M7 18a4 4 0 0 1-.500-7.970A5.500 5.500 0 0 1 17 9.500 4.250 4.250 0 0 1 17 18zM4 4l16 16"/>',
  plus: '<path d="M12 5v14M5 12h14"/>',
  clock: '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>',
  people: '<circle cx="9" cy="8.500" r="3.200"/><path d="M3 19c.600-3.600 2.900-5.400 6-5.400s5.400 1.800 6 5.400M15.500 5.600a3.200 3.200 0 0 1 0 5.800M17.500 14c2 .700 3.100 2.300 3.500 5"/>',
  qr: '<rect x="4" y="4" width="6" height="6" rx="1"/><rect x="14" y="4" width="6" height="6" rx="1"/><rect x="4" y="14" width="6" height="6" rx="1"/><path d="M14 14h2.500v2.500M20 14v2.500M14 20h2.500M20 20v-.010"/>',
  save: '<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 19.500h14"/>',
  down: '<path d="M5 9l7 7 7-7"/>',
  close: '<path d="M6 6l12 12M18 6L6 18"/>',
  send: '<path d="M20.500 4L3.500 11l6.500 2.500L12.500 20zM10 13.500L20.500 4"/>',
  more: '<path d="M5 12h.010M12 12h.010M19 12h.010" stroke-width="2.600"/>',
  table: '<rect x="3.500" y="5" width="17" height="14" rx="2"/><path d="M3.500 10h17M3.500 14.500h17M10 5v14"/>',
  undo: '<path d="M8.500 5L4.500 9l4 4M5 9h9a5.500 5.500 0 0 1 0 11h-3"/>',
  picture: '<rect x="3.500" y="5" width="17" height="14" rx="2"/><path d="M4 17l5-5 4 4 3-3 4 4"/><circle cx="15.500" cy="9.500" r="1.300"/>',
};
