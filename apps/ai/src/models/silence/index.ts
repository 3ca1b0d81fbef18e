export { flatlinesOf, gapsOf, type Flatline, type Gap } from './past-silences.js';
export { SilenceWatch, type Flat, type Missing } from './silence-watch.js';
