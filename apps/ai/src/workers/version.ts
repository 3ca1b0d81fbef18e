/** Of the models together: another one may judge the same data otherwise. Raise it with any change of what they answer. */
export const AI_VERSION = '1';
