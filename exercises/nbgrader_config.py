"""nbgrader configuration; this folder is its course directory."""

import os
from pathlib import Path

here = Path(__file__).parent
os.environ["JUPYTER_PATH"] = str(here)  # so that Jupyter finds `kernels/confined`

c = get_config()  # noqa: F821
c.CourseDirectory.root = str(here)
c.CourseDirectory.course_id = "cross-entropy"

c.ClearSolutions.code_stub = {"python": "# your code here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Your answer here.*"

c.ExecutePreprocessor.kernel_name = "python3" if os.environ.get("CONFINED") == "no" else "confined"
c.Execute.timeout = 30  # seconds per cell
c.Execute.skip_cells_with_tag = ""  # a student's tag must not skip a check
