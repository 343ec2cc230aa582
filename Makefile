# 川渝通办：一条命令就能运行。`make` 或 `make help` 列出全部命令。
.DEFAULT_GOAL := help
.PHONY: help up stop test lint types bench manage psql reset clean

# The first Python that is new enough prepares .venv and hands over; PYTHON=… puts another one first.
define bootstrap
@for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	then exec "$$python" bootstrap.py $(1); fi; \
done; \
echo '✗ 没有找到 Python 3.11 或更新的版本：安装后再运行一次（Debian：sudo apt install python3 python3-venv），或用 PYTHON=路径 make $(firstword $(1)) 指定它。'; \
exit 1
endef

help: ## 列出这些命令
	@echo '川渝通办 · 命令（在本目录运行）'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 16

up: ## 安装并启动全部：http://127.0.0.1:8000（换端口：PORT=8001 make up；Ctrl-C 停止）
	$(call bootstrap,up)

stop: ## 停止本站（从另一个终端，或清理被强行中断的上一次）
	$(call bootstrap,stop)

test: ## 全部测试，自备数据库，不碰你的数据（一部分：make test ARGS="tests/up -k port"）
	$(call bootstrap,test)

lint: ## 代码、格式、模板、导入方向、配置和迁移的检查
	$(call bootstrap,lint)

types: ## 严格类型检查
	$(call bootstrap,types)

bench: ## 在五百万件上测量，数小时，结果是一份 JSON（试一遍：make bench ARGS="--cases 20000"；说明见 benchmarks/README.md）
	$(call bootstrap,bench)

manage: ## 在运行中的本站上执行管理命令（make manage ARGS="simulate --days 3"）
	$(call bootstrap,manage)

psql: ## 打开本站数据库的 psql
	$(call bootstrap,psql)

reset: ## 停止并清空本机数据、密钥和上传文件（会先询问；make reset YES=1 不询问）
	$(call bootstrap,reset $(if $(YES),--yes))

clean: ## 删除 .venv 和缓存，数据不动
	$(call bootstrap,clean)
