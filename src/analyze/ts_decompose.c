/* ts_decompose.c - classical decomposition by moving averages, and straight lines.
 * Kendall and Stuart, The Advanced Theory of Statistics 3 (1983) 410-414: trend = centred moving
 * average over one cycle (half weights at both ends when the cycle is even), figure = mean
 * deviation (or ratio) at each position of the cycle, centred. */
#include "ts_int.h"
#include <math.h>

static void moving_average(const double *y, size_t n, size_t period, double *trend)
{
    size_t half = period / 2;
    bool even = period % 2 == 0;
    for (size_t t = 0; t < n; t++) {
        trend[t] = NAN;
        if (t < half || t + half >= n)
            continue;
        double sum = 0;
        for (size_t k = t - half; k <= t + half; k++)
            sum += y[k] * (even && (k == t - half || k == t + half) ? 0.5 : 1);
        trend[t] = sum / (double)period;
    }
}

bool ts_decompose(const double *y, size_t n, size_t period, bool multiplicative, struct arena *a,
                  double *trend, double *figure)
{
    double *count = ts_numbers(a, period), mean = 0;
    moving_average(y, n, period, trend);
    for (size_t j = 0; j < period; j++)
        figure[j] = 0;
    for (size_t t = 0; t < n; t++) {
        if (isnan(trend[t]))
            continue;
        figure[t % period] += multiplicative ? y[t] / trend[t] : y[t] - trend[t];
        count[t % period]++;
    }
    for (size_t j = 0; j < period; j++) {
        figure[j] /= count[j];
        mean += figure[j] / (double)period;
    }
    for (size_t j = 0; j < period; j++) {
        figure[j] = multiplicative ? figure[j] / mean : figure[j] - mean;
        if (!isfinite(figure[j]))
            return false;
    }
    return true;
}

void ts_line(const double *y, size_t n, double first, double *at, double *slope)
{
    double x_mean = first + (double)(n - 1) / 2, y_mean = 0, xy = 0, xx = 0;
    for (size_t i = 0; i < n; i++)
        y_mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double dx = first + (double)i - x_mean;
        xy += dx * (y[i] - y_mean);
        xx += dx * dx;
    }
    *slope = n > 1 ? xy / xx : 0;
    *at = y_mean - *slope * x_mean;
}
