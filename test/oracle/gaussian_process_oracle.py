"""Posterior mean and deviation, log marginal likelihood and its gradient of Gaussian processes with a Matern-5/2 kernel (ARD).

scikit-learn 1.2.1, numpy; run: python3 gaussian_process_oracle.py > gaussian_process_oracle.json
The sum of one-axis kernels is made from Matern kernels that see one column each.
"""
import json

import numpy as np
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

rng = np.random.default_rng(4)
n, d = 24, 3
x = np.round(rng.random((n, d)), 6)
y = np.round(np.sin(6 * x[:, 0]) + x[:, 1] ** 2 - 0.3 * x[:, 2] + 0.1 * rng.normal(size=n), 6)
errors = np.round(0.02 * rng.random(n), 6)
at = np.round(rng.random((5, d)), 6)
joint, single = [0.3, 0.9, 2.5], [0.5, 1.2, 0.2]
s, a, noise = 1.3, 0.6, 0.01


class Column(Matern):
    def __init__(self, column=0, length_scale=1.0, length_scale_bounds=(1e-5, 1e5), nu=2.5):
        super().__init__(length_scale, length_scale_bounds, nu)
        self.column = column

    def __call__(self, X, Y=None, eval_gradient=False):
        c = slice(self.column, self.column + 1)
        return super().__call__(X[:, c], None if Y is None else Y[:, c], eval_gradient)


def answers(kernel):
    gp = GaussianProcessRegressor(kernel, alpha=errors, optimizer=None).fit(x, y)
    value, gradient = gp.log_marginal_likelihood(gp.kernel_.theta, eval_gradient=True)
    mean = gp.predict(at)
    # The deviation of the function, without the noise of a new observation.
    noisy = gp.predict(at, return_std=True)[1]
    deviation = np.sqrt(noisy**2 - noise)
    return {"likelihood": value, "gradient": gradient.tolist(), "mean": mean.tolist(), "deviation": deviation.tolist()}


# scikit-learn's theta (logarithms): s, the joint length scales, noise, then a/d and the length scale of each column.
plain = ConstantKernel(s) * Matern(joint, nu=2.5) + WhiteKernel(noise)
total = plain
for i in range(d):
    total = total + ConstantKernel(a / d) * Column(i, single[i])
print(
    json.dumps(
        {
            "x": x.tolist(), "y": y.tolist(), "errors": errors.tolist(), "at": at.tolist(),
            "joint": joint, "single": single, "s": s, "a": a, "noise": noise,
            "plain": answers(plain), "additive": answers(total),
        },
        indent=0,
    )
)
