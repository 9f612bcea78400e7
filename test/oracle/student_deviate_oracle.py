"""Makes student_deviate_oracle.json: normal deviates with the tail of Student's t, from scipy.

    /usr/bin/python3 test/oracle/student_deviate_oracle.py > test/oracle/student_deviate_oracle.json
"""

import json

import scipy
from scipy import stats

rows = [
    {"degrees": degrees, "deviate": deviate, "t": float(stats.t.isf(stats.norm.sf(deviate), degrees))}
    for degrees in (1, 2, 3, 5, 9, 17, 83, 600)
    for deviate in (0.5, 1, 2, 3, 4, 5, 6, 7)
]
print(json.dumps({"scipy": scipy.__version__, "rows": rows}))
