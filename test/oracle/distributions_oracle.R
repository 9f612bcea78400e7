# Tail probabilities and quantiles of R, for test/math/distributions.test.ts.
#
# Made with R 4.2.2:  Rscript test/oracle/distributions_oracle.R > test/oracle/distributions_oracle.json
row <- function(...) paste0("[", paste(formatC(c(...), digits = 17, format = "g"), collapse = ","), "]")
list_of <- function(rows) paste0("[", paste(rows, collapse = ","), "]")
t_rows <- c(); f_rows <- c(); chi_rows <- c(); range_rows <- c(); t_quantiles <- c(); range_quantiles <- c(); gamma_rows <- c()
for (df in c(1, 2, 4, 9, 29, 99, 1000)) {
  for (t in c(-3, -0.2, 0, 0.01, 0.7, 2.2, 6, 40)) t_rows <- c(t_rows, row(t, df, pt(t, df, lower.tail = FALSE)))
  for (p in c(0.5, 0.05, 0.01, 1e-6)) t_quantiles <- c(t_quantiles, row(p, df, qt(p / 2, df, lower.tail = FALSE)))
}
for (a in c(1, 3, 9, 40)) for (b in c(2, 12, 87)) for (f in c(0.05, 0.9, 3, 25)) f_rows <- c(f_rows, row(f, a, b, pf(f, a, b, lower.tail = FALSE)))
for (df in c(1, 2, 5, 19, 200)) for (x in c(0.01, 1, 7, 30, 230)) chi_rows <- c(chi_rows, row(x, df, pchisq(x, df, lower.tail = FALSE)))
for (k in c(2, 3, 5, 10, 20)) {
  for (q in c(0.1, 1, 2.5, 4, 6)) range_rows <- c(range_rows, row(q, k, ptukey(q, k, Inf, lower.tail = FALSE)))
  for (p in c(0.1, 0.05, 0.01)) range_quantiles <- c(range_quantiles, row(p, k, qtukey(p, k, Inf, lower.tail = FALSE)))
}
for (x in c(1e-3, 0.5, 1, 1.5, 2, 7.25, 10, 33.5, 500)) gamma_rows <- c(gamma_rows, row(x, lgamma(x)))
cat("{", paste0('"', c("studentTail", "studentDeviation", "fTail", "chiSquareTail", "rangeTail", "rangeQuantile", "logGamma"), '":',
  c(list_of(t_rows), list_of(t_quantiles), list_of(f_rows), list_of(chi_rows), list_of(range_rows), list_of(range_quantiles), list_of(gamma_rows)),
  collapse = ",\n"), "}\n", sep = "")
