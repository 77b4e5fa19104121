/** Changelogs are for users: what a changeset says, as it says it, without commits and without the versions of our own packages. */
module.exports = {
  getReleaseLine: async ({ summary }) => `- ${summary.trim().replaceAll('\n', '\n  ')}`,
  getDependencyReleaseLine: async () => '',
}
