/** Whether a group's name matches; `*` stands for any characters, also none: `list/*`. */
export function groupPattern(pattern: string): (group: string) => boolean {
  if (!pattern.includes('*')) return (group) => group === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (group) => expression.test(group);
}
