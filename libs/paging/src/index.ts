export { Cursors, type PagePosition } from './cursors.js';
export { toPage } from './page.js';
export { pagingConfig, type PagingConfig } from './paging.config.js';
