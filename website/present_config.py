"""Jupyter's configuration for `make present`: no messages but those of errors, nothing asked."""

c = get_config()  # noqa: F821
c.Application.log_level = c.ServerApp.log_level = c.LabApp.log_level = "ERROR"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
# nbgrader, from the same environment, expects a course in this folder.
names = ("assignment_list", "course_list", "formgrader", "validate_assignment")
c.ServerApp.jpserver_extensions = {f"nbgrader.server_extensions.{name}": False for name in names}
